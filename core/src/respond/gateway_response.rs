//! What is answered when the gateway and not an integration answers?
//!
//! [`reply`] is the one table: each [`Cause`] has its line, and a cause without one does not
//! compile. REST APIs may change what stands there, type by type.

use std::borrow::Cow;

use crate::context::{ApiKind, Facts, GatewayError, Outcome};
use crate::definition::GatewayResponseType as Type;
use crate::message::{HeadSink, KnownName};
use crate::transform::{Expression, Template};

use super::{Answer, Cause, Occasion};

/// What one cause is answered, before any customisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The REST API's response type, by which it can be customised; `None` where no API is known.
    pub response_type: Option<Type>,
    /// The status of a REST API, or where no API is known.
    pub status: u16,
    /// `x-amzn-ErrorType`; empty for none.
    pub error_type: &'static str,
    /// The sentence of a REST API.
    pub text: Text,
    /// The status of an HTTP API.
    pub http_api_status: u16,
    /// The sentence of an HTTP API.
    pub http_api_text: Text,
}

/// A sentence and the body that says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// `Forbidden`
    pub message: &'static str,
    /// `{"message":"Forbidden"}`
    pub body: &'static str,
}

/// A macro, because only one can join constants into a body that is written beforehand.
macro_rules! text {
    ($message:literal) => {
        Text { message: $message, body: concat!(r#"{"message":""#, $message, r#""}"#) }
    };
}

const BAD_REQUEST: Text = text!("Bad Request");
const ENDPOINT_TIMED_OUT: Text = text!("Endpoint request timed out");
const FORBIDDEN: Text = text!("Forbidden");
const HEALTHY: Text = Text { message: "healthy", body: "healthy" };
const HTTP_API_ERROR: Text = text!("Internal Server Error");
const INTERNAL: Text = text!("Internal server error");
const MISSING_TOKEN: Text = text!("Missing Authentication Token");
const NETWORK_ERROR: Text = text!("Network error communicating with endpoint");
const NOT_FOUND: Text = text!("Not Found");
const TOO_LARGE: Text = text!("Request Entity Too Large");
const TOO_LARGE_REST: Text = text!("HTTP content length exceeded 10485760 bytes.");
const UNAVAILABLE: Text = text!("Service Unavailable");
const UNSUPPORTED_TYPE: Text = text!("Unsupported Media Type");

/// The table. Columns: REST type, status, error type, text; HTTP API status, text.
#[rustfmt::skip]
pub fn reply(cause: Cause) -> Reply {
    const BAD: &str = "BadRequestException";
    const INT: &str = "InternalServerErrorException";
    const FOR: &str = "ForbiddenException";
    const MIS: &str = "MissingAuthenticationTokenException";
    match cause {
        Cause::BadRequest              => line(None, (400, BAD, BAD_REQUEST), (400, BAD_REQUEST)),
        Cause::ConnectFailed           => line(Some(Type::IntegrationFailure), (504, INT, NETWORK_ERROR), (503, UNAVAILABLE)),
        Cause::DotSegment              => line(Some(Type::Default4xx), (400, BAD, BAD_REQUEST), (400, BAD_REQUEST)),
        Cause::EndpointDisabled        => line(None, (403, FOR, FORBIDDEN), (403, FORBIDDEN)),
        Cause::ExpectationFailed       => line(None, (417, "", text!("Expectation Failed")), (417, text!("Expectation Failed"))),
        Cause::FieldsTooLarge          => line(None, (431, "", text!("Request Header Fields Too Large")), (431, text!("Request Header Fields Too Large"))),
        Cause::GatewayDefect           => line(Some(Type::Default5xx), (500, INT, INTERNAL), (500, HTTP_API_ERROR)),
        Cause::HostTooLong             => line(None, (400, BAD, BAD_REQUEST), (400, BAD_REQUEST)),
        Cause::HttpApiEndpointDisabled => line(None, (403, FOR, FORBIDDEN), (403, FORBIDDEN)),
        Cause::HttpApiStageUnknown     => line(None, (404, "", NOT_FOUND), (404, NOT_FOUND)),
        Cause::IntegrationDefect       => line(Some(Type::ApiConfigurationError), (500, INT, INTERNAL), (500, HTTP_API_ERROR)),
        Cause::MalformedPath           => line(None, (400, BAD, BAD_REQUEST), (400, BAD_REQUEST)),
        Cause::MockWithoutResponse     => line(Some(Type::ApiConfigurationError), (500, INT, INTERNAL), (500, HTTP_API_ERROR)),
        Cause::MockWithoutStatus       => line(Some(Type::ApiConfigurationError), (500, INT, INTERNAL), (500, HTTP_API_ERROR)),
        // "Backend DNS failure / invalid endpoint: 500 `Internal server error`."
        Cause::NameNotResolved         => line(Some(Type::ApiConfigurationError), (500, INT, INTERNAL), (503, UNAVAILABLE)),
        Cause::NoMapping               => line(None, (403, FOR, FORBIDDEN), (403, FORBIDDEN)),
        Cause::NoSuchPath              => line(Some(Type::MissingAuthenticationToken), (403, MIS, MISSING_TOKEN), (404, NOT_FOUND)),
        Cause::NoSuchVerb              => line(Some(Type::MissingAuthenticationToken), (403, MIS, MISSING_TOKEN), (404, NOT_FOUND)),
        Cause::NotImplemented          => line(None, (501, "", text!("Not Implemented")), (501, text!("Not Implemented"))),
        Cause::Overloaded              => line(None, (503, "ServiceUnavailableException", UNAVAILABLE), (503, UNAVAILABLE)),
        // "Not customisable", and not by `DEFAULT_4XX` either.
        Cause::PayloadTooLarge         => line(None, (413, "RequestTooLargeException", TOO_LARGE_REST), (413, TOO_LARGE)),
        Cause::RequestTimedOut         => line(None, (408, "", text!("Request Timeout")), (408, text!("Request Timeout"))),
        Cause::ReservedForHealthChecks => line(None, (200, "", HEALTHY), (200, HEALTHY)),
        Cause::TargetTooLong           => line(None, (414, "", text!("Request URI too long")), (414, text!("Request URI too long"))),
        Cause::UnknownApi              => line(None, (403, FOR, FORBIDDEN), (403, FORBIDDEN)),
        Cause::UnknownStage            => line(None, (403, FOR, FORBIDDEN), (403, FORBIDDEN)),
        Cause::UnsupportedMediaType    => line(Some(Type::UnsupportedMediaType), (415, BAD, UNSUPPORTED_TYPE), (415, UNSUPPORTED_TYPE)),
        Cause::UpstreamMalformed       => line(Some(Type::IntegrationFailure), (504, INT, NETWORK_ERROR), (503, UNAVAILABLE)),
        Cause::UpstreamReset           => line(Some(Type::IntegrationFailure), (504, INT, NETWORK_ERROR), (503, UNAVAILABLE)),
        Cause::UpstreamTimedOut        => line(Some(Type::IntegrationTimeout), (504, INT, ENDPOINT_TIMED_OUT), (503, UNAVAILABLE)),
        Cause::VersionNotSupported     => line(None, (505, "", text!("HTTP Version Not Supported")), (505, text!("HTTP Version Not Supported"))),
    }
}

/// One line of the table: type; status, error type and text; an HTTP API's status and text.
const fn line(
    response_type: Option<Type>,
    (status, error_type, text): (u16, &'static str, Text),
    (http_api_status, http_api_text): (u16, Text),
) -> Reply {
    Reply { response_type, status, error_type, text, http_api_status, http_api_text }
}

impl Reply {
    /// The error that logs and templates see.
    pub fn error(&self, api_kind: ApiKind) -> GatewayError<'static> {
        let (message, response_type) = match api_kind {
            ApiKind::RestApi => (self.text.message, self.response_type.map(Type::as_str)),
            ApiKind::HttpApi => (self.http_api_text.message, None),
        };
        GatewayError { message: Some(message), response_type, validation: None }
    }
}

/// The gateway responses of one stage, with its API's customisations.
#[derive(Debug, Default)]
pub struct GatewayResponses {
    /// The customisation of each type, `DEFAULT_4XX` and `DEFAULT_5XX` already put in where a type
    /// has none of its own: a position in `customised`.
    pub(super) by_type: [Option<u8>; Type::ALL.len()],
    pub(super) customised: Vec<Customised>,
}

/// A customised gateway response.
#[derive(Debug)]
pub(super) struct Customised {
    /// The status, where it is changed.
    pub(super) status: Option<u16>,
    pub(super) fields: Box<[(Box<[u8]>, Expression)]>,
    /// By content type, in the order of the document; never empty.
    pub(super) bodies: Box<[(Box<str>, Template)]>,
}

impl GatewayResponses {
    /// Those of no API, for what is refused before one is known.
    pub const PLAIN: GatewayResponses =
        GatewayResponses { by_type: [None; Type::ALL.len()], customised: Vec::new() };

    /// Writes the fields of the answer to `cause` and says its status and body.
    pub fn write(
        &self,
        cause: Cause,
        occasion: &Occasion<'_>,
        sink: &mut impl HeadSink,
    ) -> Answer<'static> {
        let reply = reply(cause);
        let answer = match api_kind(cause, occasion.facts) {
            ApiKind::HttpApi => write_http_api(&reply, sink),
            ApiKind::RestApi => match self.customisation(&reply) {
                Some(customised) => customised.write(&reply, occasion.facts, sink),
                None => write_rest_api(&reply, sink),
            },
        };
        occasion.push_fields(api_kind(cause, occasion.facts), sink);
        answer
    }

    fn customisation(&self, reply: &Reply) -> Option<&Customised> {
        let position = self.by_type[reply.response_type? as usize]?;
        self.customised.get(usize::from(position))
    }
}

/// The kind whose answer is given; where no API is known, a REST API's.
fn api_kind(cause: Cause, facts: &Facts<'_>) -> ApiKind {
    match cause {
        Cause::HttpApiEndpointDisabled | Cause::HttpApiStageUnknown => ApiKind::HttpApi,
        _ => facts.api_kind().unwrap_or(ApiKind::RestApi),
    }
}

fn write_rest_api(reply: &Reply, sink: &mut impl HeadSink) -> Answer<'static> {
    push_content_type(reply.text, sink);
    if !reply.error_type.is_empty() {
        sink.push(b"x-amzn-ErrorType", reply.error_type.as_bytes());
    }
    Answer { status: reply.status, body: Cow::Borrowed(reply.text.body.as_bytes()) }
}

fn write_http_api(reply: &Reply, sink: &mut impl HeadSink) -> Answer<'static> {
    push_content_type(reply.http_api_text, sink);
    let body = Cow::Borrowed(reply.http_api_text.body.as_bytes());
    Answer { status: reply.http_api_status, body }
}

fn push_content_type(text: Text, sink: &mut impl HeadSink) {
    let is_json = text.body.starts_with('{');
    sink.push(b"Content-Type", if is_json { b"application/json" } else { b"text/plain" });
}

impl Customised {
    fn write(&self, reply: &Reply, facts: &Facts<'_>, sink: &mut impl HeadSink) -> Answer<'static> {
        let status = self.status.unwrap_or(reply.status);
        let error = Some(reply.error(ApiKind::RestApi));
        let outcome = Outcome { status, error, ..facts.outcome.copied().unwrap_or_default() };
        let facts = Facts { outcome: Some(&outcome), ..*facts };
        let (content_type, template) = self.body(&facts);
        let is_type =
            |(name, _): &(Box<[u8]>, Expression)| name.eq_ignore_ascii_case(b"content-type");
        if !self.fields.iter().any(is_type) {
            sink.push(b"Content-Type", content_type.as_bytes());
        }
        sink.push(b"x-amzn-ErrorType", reply.error_type.as_bytes());
        let mut scratch = Vec::new();
        for (name, value) in &self.fields {
            scratch.clear();
            if let Some(range) = value.write_field_value(&facts, None, &mut scratch) {
                sink.push(name, &scratch[range]);
            }
        }
        let mut body = Vec::new();
        template.render(&facts, &mut body);
        Answer::new(status, Cow::Owned(body))
    }

    /// "Template chosen by `Accept`, else `application/json`, else the first."
    fn body(&self, facts: &Facts<'_>) -> &(Box<str>, Template) {
        let keyed = |key: &[u8]| {
            self.bodies.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(key))
        };
        let accepted = facts.request.first(KnownName::Accept).unwrap_or_default();
        keyed(accepted).or_else(|| keyed(b"application/json")).unwrap_or(&self.bodies[0])
    }
}
