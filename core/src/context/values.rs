//! What is the value of a `$context` variable in this exchange?

use std::net::IpAddr;

use super::text::{push_clf_time, push_decimal, push_ip, push_json_escaped};
use super::{ApiKind, Ids, MethodFacts, Outcome, StageFacts, Variable};

/// The things that `$context` variables are read from.
///
/// Two real sources exist: the exchange as it runs ([`super::Facts`]) and the record that is
/// left of it for the access log.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// Ids of the exchange.
    pub ids: &'a Ids,
    /// When the request's head was complete, in milliseconds since the epoch.
    pub arrived_unix_ms: u64,
    /// The client's address.
    pub ip: IpAddr,
    /// The verb as spelled, after `X-HTTP-Method-Override`.
    pub verb: &'a [u8],
    /// What `locate` took off the path.
    pub base_path: &'a [u8],
    /// The path that was routed.
    pub path: &'a [u8],
    /// `Host` or `:authority`, with its port where there is one.
    pub authority: &'a [u8],
    /// `User-Agent`, where the client sent one.
    pub user_agent: Option<&'a [u8]>,
    /// `TLSv1.3` …; empty without TLS.
    pub tls_version: &'a [u8],
    /// The cipher suite's IANA name; empty without TLS.
    pub cipher_suite: &'a [u8],
    /// The stage, once located.
    pub stage: Option<&'a StageFacts>,
    /// The method, once routed.
    pub method: Option<&'a MethodFacts>,
    /// How the exchange ended, as far as known.
    pub outcome: Option<&'a Outcome<'a>>,
}

impl Values<'_> {
    /// Appends the variable's value; `false`, with nothing appended, where it has none.
    ///
    /// An unavailable variable is `-` in an access log and nothing in a template.
    pub fn write(&self, variable: Variable, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        let is_available = self.write_request(variable, out)
            || self.write_surroundings(variable, out)
            || self.write_outcome(variable, out)
            || self.write_error(variable, out);
        debug_assert!(is_available || out.len() == before, "what is unavailable writes nothing");
        is_available
    }

    /// What the client sent and how it is connected.
    fn write_request(&self, variable: Variable, out: &mut Vec<u8>) -> bool {
        match variable {
            Variable::DomainName => push_text(out, self.host()),
            Variable::DomainPrefix => {
                push_text(out, self.host().split(|byte| *byte == b'.').next().unwrap_or_default())
            }
            Variable::HttpMethod => push_text(out, self.verb),
            Variable::IdentitySourceIp => {
                push_ip(out, self.ip);
                true
            }
            Variable::IdentityUserAgent => push_text(out, self.user_agent.unwrap_or_default()),
            Variable::Path => {
                out.extend_from_slice(self.base_path);
                push_text(out, self.path) || !self.base_path.is_empty()
            }
            // "$context.protocol still reports HTTP/1.1" for requests over HTTP/2.
            Variable::Protocol => push_text(out, b"HTTP/1.1"),
            Variable::RequestTime => {
                push_clf_time(out, self.arrived_unix_ms / 1000);
                true
            }
            Variable::RequestTimeEpoch => push_number(out, self.arrived_unix_ms),
            Variable::TlsVersion => push_text(out, self.tls_version),
            Variable::CipherSuite => push_text(out, self.cipher_suite),
            _ => false,
        }
    }

    /// What the snapshot knows, and the ids.
    fn write_surroundings(&self, variable: Variable, out: &mut Vec<u8>) -> bool {
        match variable {
            Variable::ExtendedRequestId => push_text(out, &self.ids.extended_request_id),
            Variable::RequestId if self.is_http_api() => {
                push_text(out, &self.ids.extended_request_id)
            }
            Variable::RequestId => push_text(out, &self.ids.request_id),
            _ => {
                let in_stage = self.stage.is_some_and(|stage| match variable {
                    Variable::AccountId => push_text(out, stage.account_id.as_bytes()),
                    Variable::ApiId => push_text(out, stage.api_id.as_bytes()),
                    Variable::DeploymentId => push_text(out, stage.deployment_id.as_bytes()),
                    Variable::EndpointType => push_text(out, b"REGIONAL"),
                    Variable::Stage => push_text(out, stage.stage.as_bytes()),
                    _ => false,
                });
                in_stage
                    || self.method.is_some_and(|method| match variable {
                        Variable::ResourceId => push_text(out, method.resource_id.as_bytes()),
                        Variable::ResourcePath => push_text(out, method.resource_path.as_bytes()),
                        Variable::RouteKey => push_text(out, method.route_key.as_bytes()),
                        _ => false,
                    })
            }
        }
    }

    /// How the exchange went.
    fn write_outcome(&self, variable: Variable, out: &mut Vec<u8>) -> bool {
        let Some(outcome) = self.outcome else { return false };
        match variable {
            Variable::Status if outcome.status != 0 => push_number(out, u64::from(outcome.status)),
            Variable::ResponseLength => push_number(out, outcome.response_bytes),
            Variable::ResponseLatency => push_number(out, outcome.latency_us / 1000),
            Variable::DataProcessed => {
                push_number(out, outcome.request_bytes.saturating_add(outcome.response_bytes))
            }
            Variable::IntegrationLatency | Variable::IntegrationLatencyAlias => {
                outcome.integration_latency_us.is_some_and(|us| push_number(out, us / 1000))
            }
            // Of an HTTP backend there is one status, and all three names mean it.
            Variable::IntegrationStatus
            | Variable::IntegrationStatusAlias
            | Variable::IntegrationIntegrationStatus => {
                outcome.integration_status.is_some_and(|status| push_number(out, status.into()))
            }
            Variable::IntegrationError | Variable::IntegrationErrorMessage => {
                push_text(out, outcome.integration_error.unwrap_or_default().as_bytes())
            }
            _ => false,
        }
    }

    /// What the gateway itself answered.
    fn write_error(&self, variable: Variable, out: &mut Vec<u8>) -> bool {
        let Some(error) = self.outcome.and_then(|outcome| outcome.error) else { return false };
        match variable {
            Variable::ErrorMessage => push_text(out, error.message.unwrap_or("null").as_bytes()),
            Variable::ErrorMessageString => {
                let Some(message) = error.message else { return push_text(out, b"null") };
                out.push(b'"');
                push_json_escaped(out, message.as_bytes());
                out.push(b'"');
                true
            }
            Variable::ErrorResponseType => {
                push_text(out, error.response_type.unwrap_or_default().as_bytes())
            }
            Variable::ErrorValidationErrorString => {
                push_text(out, error.validation.unwrap_or_default().as_bytes())
            }
            _ => false,
        }
    }

    fn is_http_api(&self) -> bool {
        self.stage.is_some_and(|stage| stage.api_kind == ApiKind::HttpApi)
    }

    /// The authority without its port; an IPv6 address keeps its brackets.
    fn host(&self) -> &[u8] {
        let port = self.authority.iter().rposition(|byte| *byte == b':');
        match port.map(|colon| self.authority.split_at(colon)) {
            Some((host, port)) if port[1..].iter().all(u8::is_ascii_digit) => host,
            _ => self.authority,
        }
    }
}

fn push_text(out: &mut Vec<u8>, text: &[u8]) -> bool {
    out.extend_from_slice(text);
    !text.is_empty()
}

fn push_number(out: &mut Vec<u8>, number: u64) -> bool {
    push_decimal(out, number);
    true
}
