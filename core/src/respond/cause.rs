//! Why does the gateway answer itself, and whose fault is it?

use crate::context::ApiKind;
use crate::{integrate, locate, route};

/// Everything that makes the gateway answer instead of an integration.
///
/// One variant per situation, however many of them get the same answer: logs and explanations
/// tell them apart. What each is answered stands in [`super::gateway_response`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Cause {
    /// The request line or fields cannot be read (400).
    BadRequest,
    /// The integration's backend could not be connected to, TLS included.
    ConnectFailed,
    /// A path variable holds a dot segment in disguise.
    DotSegment,
    /// A REST API's default endpoint is switched off.
    EndpointDisabled,
    /// `Expect` asks for something other than `100-continue`.
    ExpectationFailed,
    /// The fields are too large together, or too many.
    FieldsTooLarge,
    /// A defect of the gateway's own, fenced.
    GatewayDefect,
    /// The host has more bytes than a host can have.
    HostTooLong,
    /// An HTTP API's default endpoint is switched off.
    HttpApiEndpointDisabled,
    /// The path names no stage of an HTTP API without `$default`.
    HttpApiStageUnknown,
    /// The integration always fails: AWS accepts its definition and answers 500.
    IntegrationDefect,
    /// The path holds a bad escape.
    MalformedPath,
    /// No integration response fits a mock's status.
    MockWithoutResponse,
    /// A mock's template yields no status.
    MockWithoutStatus,
    /// The backend's name does not resolve, or only to addresses that are refused.
    NameNotResolved,
    /// Nobody claims the host, or its domain maps no API to the path.
    NoMapping,
    /// No route has such a path.
    NoSuchPath,
    /// Routes have such a path, none the verb.
    NoSuchVerb,
    /// What the request needs is not built (501).
    NotImplemented,
    /// Too much is going on: shed before any work is done.
    Overloaded,
    /// The body is larger than a payload may be.
    PayloadTooLarge,
    /// The client took too long to send its request.
    RequestTimedOut,
    /// `/ping` or `/sping` of a custom domain: no error at all.
    ReservedForHealthChecks,
    /// The request target is too long.
    TargetTooLong,
    /// A host or path names an API that is not here.
    UnknownApi,
    /// A REST API has no such stage.
    UnknownStage,
    /// No template takes the request's content type.
    UnsupportedMediaType,
    /// The backend's answer cannot be read.
    UpstreamMalformed,
    /// The backend closed or reset the connection before it had answered.
    UpstreamReset,
    /// The backend did not answer in time.
    UpstreamTimedOut,
    /// An HTTP version that is not spoken.
    VersionNotSupported,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The client asked for something wrong.
    Client,
    /// The backend failed.
    Upstream,
    /// The gateway, or whoever configured it.
    Gateway,
}

impl Cause {
    /// Every cause, sorted by name; a cause's position is its number.
    pub const ALL: [Cause; 31] = [
        Self::BadRequest,
        Self::ConnectFailed,
        Self::DotSegment,
        Self::EndpointDisabled,
        Self::ExpectationFailed,
        Self::FieldsTooLarge,
        Self::GatewayDefect,
        Self::HostTooLong,
        Self::HttpApiEndpointDisabled,
        Self::HttpApiStageUnknown,
        Self::IntegrationDefect,
        Self::MalformedPath,
        Self::MockWithoutResponse,
        Self::MockWithoutStatus,
        Self::NameNotResolved,
        Self::NoMapping,
        Self::NoSuchPath,
        Self::NoSuchVerb,
        Self::NotImplemented,
        Self::Overloaded,
        Self::PayloadTooLarge,
        Self::RequestTimedOut,
        Self::ReservedForHealthChecks,
        Self::TargetTooLong,
        Self::UnknownApi,
        Self::UnknownStage,
        Self::UnsupportedMediaType,
        Self::UpstreamMalformed,
        Self::UpstreamReset,
        Self::UpstreamTimedOut,
        Self::VersionNotSupported,
    ];

    /// The cause for a head that a parser refused with `status`.
    pub fn of_malformed(status: u16) -> Self {
        match status {
            408 => Self::RequestTimedOut,
            413 => Self::PayloadTooLarge,
            414 => Self::TargetTooLong,
            417 => Self::ExpectationFailed,
            431 => Self::FieldsTooLarge,
            501 => Self::NotImplemented,
            505 => Self::VersionNotSupported,
            _ => Self::BadRequest,
        }
    }

    /// The cause of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The number that records keep.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whose fault it is.
    pub fn fault(self) -> Fault {
        match self {
            Self::ConnectFailed
            | Self::NameNotResolved
            | Self::UpstreamMalformed
            | Self::UpstreamReset
            | Self::UpstreamTimedOut => Fault::Upstream,
            Self::GatewayDefect
            | Self::IntegrationDefect
            | Self::MockWithoutResponse
            | Self::MockWithoutStatus
            | Self::Overloaded => Fault::Gateway,
            Self::BadRequest
            | Self::DotSegment
            | Self::EndpointDisabled
            | Self::ExpectationFailed
            | Self::FieldsTooLarge
            | Self::HostTooLong
            | Self::HttpApiEndpointDisabled
            | Self::HttpApiStageUnknown
            | Self::MalformedPath
            | Self::NoMapping
            | Self::NoSuchPath
            | Self::NoSuchVerb
            | Self::NotImplemented
            | Self::PayloadTooLarge
            | Self::RequestTimedOut
            | Self::ReservedForHealthChecks
            | Self::TargetTooLong
            | Self::UnknownApi
            | Self::UnknownStage
            | Self::UnsupportedMediaType
            | Self::VersionNotSupported => Fault::Client,
        }
    }

    /// What went wrong with the integration, for the log: `$context.integrationErrorMessage`.
    pub fn integration_error(self) -> Option<&'static str> {
        match self {
            Self::ConnectFailed => Some("The integration could not be connected to"),
            Self::NameNotResolved => Some("The integration's host name could not be resolved"),
            Self::UpstreamMalformed => Some("The integration's response could not be read"),
            Self::UpstreamReset => Some("The integration closed the connection before it answered"),
            Self::UpstreamTimedOut => Some("The integration did not answer in time"),
            Self::IntegrationDefect => Some("The integration's configuration is not valid"),
            _ => None,
        }
    }
}

impl From<locate::Refusal> for Cause {
    fn from(refusal: locate::Refusal) -> Self {
        use locate::Refusal;
        match refusal {
            Refusal::MalformedPath => Self::MalformedPath,
            Refusal::HostTooLong => Self::HostTooLong,
            Refusal::UnknownApi => Self::UnknownApi,
            Refusal::UnknownStage => Self::UnknownStage,
            Refusal::UnknownHttpApiStage => Self::HttpApiStageUnknown,
            Refusal::NoMapping => Self::NoMapping,
            Refusal::EndpointDisabled(ApiKind::RestApi) => Self::EndpointDisabled,
            Refusal::EndpointDisabled(ApiKind::HttpApi) => Self::HttpApiEndpointDisabled,
            Refusal::ReservedForHealthChecks => Self::ReservedForHealthChecks,
        }
    }
}

impl From<route::Refusal> for Cause {
    fn from(refusal: route::Refusal) -> Self {
        match refusal {
            route::Refusal::NoSuchPath => Self::NoSuchPath,
            route::Refusal::NoSuchVerb => Self::NoSuchVerb,
        }
    }
}

impl From<integrate::Refusal> for Cause {
    fn from(refusal: integrate::Refusal) -> Self {
        match refusal {
            integrate::Refusal::DotSegment => Self::DotSegment,
            integrate::Refusal::MockWithoutResponse => Self::MockWithoutResponse,
            integrate::Refusal::MockWithoutStatus => Self::MockWithoutStatus,
            integrate::Refusal::UnsupportedMediaType => Self::UnsupportedMediaType,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_name_causes() {
        for (number, cause) in (0_u8..).zip(Cause::ALL) {
            assert_eq!(cause.number(), number, "{cause:?}");
            assert_eq!(Cause::from_number(number), Some(cause));
        }
        assert_eq!(Cause::from_number(u8::MAX), None);
    }

    #[test]
    fn only_failed_integrations_tell_why() {
        for cause in Cause::ALL {
            let is_told = cause.integration_error().is_some();
            assert!(!is_told || cause.fault() != Fault::Client, "{cause:?}");
        }
    }
}
