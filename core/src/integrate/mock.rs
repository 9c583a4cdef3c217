//! Which prepared answer does a mock give?

use regex::Regex;

use crate::context::{Facts, text};
use crate::definition::PassthroughBehavior;
use crate::message::{FieldBlock, KnownName};
use crate::transform::{Expression, Template};

use super::Refusal;
use super::lenient_json::status_code;

/// An integration that the gateway answers itself, compiled.
#[derive(Debug)]
pub struct Mock {
    /// Request templates by content type, in the order of the document.
    pub(super) requests: Box<[(Box<str>, MockRequest)]>,
    /// Whether a content type without template is refused with 415; else its body would have to
    /// hold the status, and a client's body is no such thing.
    pub(super) refuses_other_types: bool,
    pub(super) responses: Responses,
}

/// A request template.
#[derive(Debug)]
pub(super) enum MockRequest {
    /// It is the same in every exchange, and so is what comes of it.
    Constant(Result<usize, Refusal>),
    /// It must be rendered to learn its status.
    Rendered(Template),
}

/// The integration responses of a mock.
#[derive(Debug)]
pub(super) struct Responses {
    pub(super) list: Box<[(Option<Regex>, MockResponse)]>,
}

/// One integration response, with all that is constant written beforehand.
#[derive(Debug)]
pub struct MockResponse {
    /// The status answered.
    pub status: u16,
    /// Mapped fields that differ between exchanges.
    pub fields: Box<[(Box<[u8]>, Expression)]>,
    /// One body per content type, in the order of the document; never empty.
    pub(super) bodies: Box<[MockBody]>,
}

/// One body of a response.
#[derive(Debug)]
pub struct MockBody {
    /// The key of its template.
    pub(super) content_type: Box<str>,
    /// `Content-Type` and the mapped fields that are the same in every exchange.
    pub block: FieldBlock,
    /// The body.
    pub template: Template,
}

impl Mock {
    /// The answer to this request.
    pub fn choose(&self, facts: &Facts<'_>) -> Result<&MockResponse, Refusal> {
        // "Template key lookup: exact request `Content-Type` value (absent → `application/json`),
        // then key `$default`"; "parameters after `;`: compare without them".
        let content_type = facts.request.first(KnownName::ContentType);
        let content_type = content_type.map_or(&b"application/json"[..], without_parameters);
        let template = self
            .requests
            .iter()
            .find(|(key, _)| key.as_bytes().eq_ignore_ascii_case(content_type))
            .or_else(|| self.requests.iter().find(|(key, _)| &**key == "$default"));
        let chosen = match template {
            Some((_, MockRequest::Constant(chosen))) => *chosen,
            Some((_, MockRequest::Rendered(template))) => {
                let mut rendered = Vec::new();
                template.render(facts, &mut rendered);
                self.responses.select(&rendered)
            }
            None if self.refuses_other_types => Err(Refusal::UnsupportedMediaType),
            None => Err(Refusal::MockWithoutStatus),
        };
        Ok(&self.responses.list[chosen?].1)
    }
}

/// Whether a content type without template is refused (rest-api.md §5.3).
pub(super) fn refuses_other_types(behavior: PassthroughBehavior, has_templates: bool) -> bool {
    match behavior {
        PassthroughBehavior::WhenNoMatch => false,
        PassthroughBehavior::WhenNoTemplates => has_templates,
        PassthroughBehavior::Never => true,
    }
}

impl Responses {
    /// The response that a rendered request template selects, by position.
    ///
    /// "The status selects the integration response (string match against `selectionPattern`, else
    /// default)"; "several matches: first one".
    pub(super) fn select(&self, rendered: &[u8]) -> Result<usize, Refusal> {
        let status = status_code(rendered).ok_or(Refusal::MockWithoutStatus)?;
        let mut digits = Vec::new();
        if status < 0 {
            digits.push(b'-');
        }
        text::push_decimal(&mut digits, status.unsigned_abs());
        let digits = std::str::from_utf8(&digits).unwrap_or_default();
        let matching = |(pattern, _): &(Option<Regex>, MockResponse)| {
            pattern.as_ref().is_some_and(|pattern| pattern.is_match(digits))
        };
        let default = |(pattern, _): &(Option<Regex>, MockResponse)| pattern.is_none();
        let mut responses = self.list.iter();
        let position = responses.position(matching).or_else(|| self.list.iter().position(default));
        position.ok_or(Refusal::MockWithoutResponse)
    }
}

impl MockResponse {
    /// The body for this client: "key = client's `Accept` (exact, last value if repeated), else
    /// `application/json`, else the first defined".
    pub fn body(&self, facts: &Facts<'_>) -> &MockBody {
        if let [only] = &*self.bodies {
            return only;
        }
        let fields = &facts.request.head.fields;
        let accepted = fields.all(KnownName::Accept).last();
        let accepted = accepted.map(|field| field.value.of_bytes(facts.request.bytes));
        let keyed = |key: &[u8]| {
            self.bodies.iter().find(|body| body.content_type.as_bytes().eq_ignore_ascii_case(key))
        };
        accepted.and_then(keyed).or_else(|| keyed(b"application/json")).unwrap_or(&self.bodies[0])
    }
}

fn without_parameters(content_type: &[u8]) -> &[u8] {
    let end = memchr::memchr(b';', content_type).unwrap_or(content_type.len());
    content_type[..end].trim_ascii()
}
