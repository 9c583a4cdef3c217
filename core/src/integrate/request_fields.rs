//! Which header fields does the backend see?

use std::ops::Range;

use smallvec::SmallVec;

use crate::context::{ApiKind, Facts};
use crate::message::{Field, HeadSink, KnownName};
use crate::transform::Expression;
use crate::wire::HopByHop;

use super::content_coding::is_encoded;
use super::forwarded::{push_forwarded, push_via, push_x_forwarded_for, scheme};
use super::names::{HOP_BY_HOP, NameSet};
use super::request_target::Action;
use super::trace_id::push_trace_id;

/// How the fields of a backend's request are made.
#[derive(Debug)]
pub(super) struct RequestFields {
    pub(super) api_kind: ApiKind,
    /// What `Host` says.
    pub(super) authority: Box<[u8]>,
    pub(super) api_id: Box<[u8]>,
    /// `AmazonAPIGateway_{apiId}`
    pub(super) user_agent: Box<[u8]>,
    pub(super) changes: Box<[FieldChange]>,
}

/// A mapped field.
#[derive(Debug)]
pub(super) struct FieldChange {
    pub(super) action: Action,
    /// The name as it is sent.
    pub(super) name: Box<[u8]>,
    pub(super) known: Option<KnownName>,
    pub(super) value: Expression,
}

/// What a REST API does not pass on: recorded on the service, then the hop-by-hop fields that were
/// not tried, then what the gateway writes itself. "`X-HTTP-Method-Override` … to forward the
/// header itself map it explicitly."
const REST_API_DROPPED: NameSet = NameSet::of(&[
    KnownName::Connection,
    KnownName::ContentMd5,
    KnownName::Expect,
    KnownName::MaxForwards,
    KnownName::ProxyAuthenticate,
    KnownName::Server,
    KnownName::Te,
    KnownName::Trailer,
    KnownName::TransferEncoding,
    KnownName::Upgrade,
    KnownName::Via,
    KnownName::WwwAuthenticate,
    KnownName::ContentLength,
    KnownName::Host,
    KnownName::XAmznApigatewayApiId,
    KnownName::XAmznTraceId,
    KnownName::XForwardedFor,
    KnownName::XForwardedPort,
    KnownName::XForwardedProto,
    KnownName::XHttpMethodOverride,
])
.and(HOP_BY_HOP);

/// What an HTTP API does not pass on: only what ends here or is folded into `Forwarded` and `Via`.
const HTTP_API_DROPPED: NameSet = NameSet::of(&[
    KnownName::ContentLength,
    KnownName::Expect,
    KnownName::Forwarded,
    KnownName::Host,
    KnownName::Via,
    KnownName::XAmznTraceId,
    KnownName::XForwardedFor,
    KnownName::XForwardedHost,
    KnownName::XForwardedPort,
    KnownName::XForwardedProto,
])
.and(HOP_BY_HOP);

impl RequestFields {
    /// Writes all fields but those of the framing. What is in `scratch` is lost.
    pub(super) fn write(&self, facts: &Facts<'_>, scratch: &mut Vec<u8>, sink: &mut impl HeadSink) {
        scratch.clear();
        let applied = self.apply(facts, scratch);
        match self.api_kind {
            ApiKind::RestApi => self.write_rest_api(facts, &applied, scratch, sink),
            ApiKind::HttpApi => self.write_http_api(facts, &applied, scratch, sink),
        }
    }

    /// Evaluates the mapped fields into `scratch`.
    fn apply(&self, facts: &Facts<'_>, scratch: &mut Vec<u8>) -> Applied {
        let mut applied = Applied::default();
        for change in &self.changes {
            let value = match change.action {
                Action::Remove => None,
                _ => change.value.write_field_value(facts, None, scratch),
            };
            let replaces = match change.action {
                Action::Append => false,
                Action::Overwrite => value.is_some(),
                Action::Remove => true,
            };
            match change.known {
                Some(known) if replaces => applied.replaced.insert(known),
                None => applied.replaces_other_names |= replaces,
                _ => {}
            }
            if let (Some(known), Some(_)) = (change.known, &value) {
                applied.sent.insert(known);
            }
            applied.values.push(value);
        }
        applied
    }

    fn write_rest_api(
        &self,
        facts: &Facts<'_>,
        applied: &Applied,
        scratch: &mut Vec<u8>,
        sink: &mut impl HeadSink,
    ) {
        if !applied.sent.has(KnownName::Host) {
            sink.push(b"Host", &self.authority);
        }
        let dropped = self.dropped(REST_API_DROPPED, facts, applied);
        self.for_each_crossing(facts, dropped, applied, |_, name, value| sink.push(name, value));
        self.push_mapped(applied, scratch, sink);
        let fields = &facts.request.head.fields;
        let is_sent = |name| applied.sent.has(name) || fields.has(name) && !dropped.has(name);
        if !is_sent(KnownName::Accept) {
            sink.push(b"Accept", b"application/json");
        }
        if !is_sent(KnownName::UserAgent) {
            sink.push(b"User-Agent", &self.user_agent);
        }
        if !applied.sent.has(KnownName::XForwardedFor) {
            push_made(b"X-Forwarded-For", scratch, sink, |out| push_x_forwarded_for(out, facts));
        }
        if !applied.sent.has(KnownName::XForwardedPort) {
            let mut port = itoa::Buffer::new();
            sink.push(b"X-Forwarded-Port", port.format(facts.client.local_port).as_bytes());
        }
        if !applied.sent.has(KnownName::XForwardedProto) {
            sink.push(b"X-Forwarded-Proto", scheme(facts));
        }
        push_made(b"X-Amzn-Trace-Id", scratch, sink, |out| push_own_trace_id(out, facts));
        sink.push(b"X-Amzn-Apigateway-Api-Id", &self.api_id);
    }

    /// "Header names lower-case."
    fn write_http_api(
        &self,
        facts: &Facts<'_>,
        applied: &Applied,
        scratch: &mut Vec<u8>,
        sink: &mut impl HeadSink,
    ) {
        if !applied.sent.has(KnownName::Host) {
            sink.push(b"host", &self.authority);
        }
        let dropped = self.dropped(HTTP_API_DROPPED, facts, applied);
        self.for_each_crossing(facts, dropped, applied, |field, name, value| match field.known {
            Some(known) => sink.push(known.as_str().as_bytes(), value),
            None if !name.iter().any(u8::is_ascii_uppercase) => sink.push(name, value),
            None => {
                let lower: SmallVec<[u8; 64]> = name.iter().map(u8::to_ascii_lowercase).collect();
                sink.push(&lower, value);
            }
        });
        self.push_mapped(applied, scratch, sink);
        push_made(b"forwarded", scratch, sink, |out| push_forwarded(out, facts));
        push_made(b"via", scratch, sink, |out| push_via(out, facts));
        push_made(b"x-amzn-trace-id", scratch, sink, |out| push_own_trace_id(out, facts));
    }

    /// The known names that the client's fields are left out by, in this exchange.
    fn dropped(&self, always: NameSet, facts: &Facts<'_>, applied: &Applied) -> NameSet {
        let mut dropped = always.and(applied.replaced);
        if self.api_kind == ApiKind::HttpApi {
            return dropped;
        }
        let first = |name| facts.request.first(name);
        // "`Authorization` is forwarded unless it carries a SigV4 signature."
        if first(KnownName::Authorization).is_some_and(|value| value.starts_with(b"AWS4-")) {
            dropped.insert(KnownName::Authorization);
        }
        if let Some(coding) = first(KnownName::ContentEncoding)
            && (facts.request.head.body.is_empty() || !is_encoded(coding))
        {
            dropped.insert(KnownName::ContentEncoding);
        }
        dropped
    }

    /// Calls `push` with each of the client's fields that reaches the backend.
    fn for_each_crossing(
        &self,
        facts: &Facts<'_>,
        dropped: NameSet,
        applied: &Applied,
        mut push: impl FnMut(&Field, &[u8], &[u8]),
    ) {
        let (bytes, fields) = (facts.request.bytes, &facts.request.head.fields);
        let hop_by_hop = HopByHop::of(bytes, fields);
        for field in fields {
            let name = field.name.of_bytes(bytes);
            let is_dropped = match field.known {
                Some(known) => dropped.has(known),
                None => {
                    hop_by_hop.ends_here(field)
                        || applied.replaces_other_names && self.replaces(name, applied)
                }
            };
            if !is_dropped {
                push(field, name, field.value.of_bytes(bytes));
            }
        }
    }

    /// Whether a mapping replaces the client's fields of a name that is not known.
    fn replaces(&self, name: &[u8], applied: &Applied) -> bool {
        self.changes.iter().zip(&applied.values).any(|(change, value)| {
            let replaces = match change.action {
                Action::Append => false,
                Action::Overwrite => value.is_some(),
                Action::Remove => true,
            };
            replaces && change.name.eq_ignore_ascii_case(name)
        })
    }

    fn push_mapped(&self, applied: &Applied, scratch: &[u8], sink: &mut impl HeadSink) {
        for (change, value) in self.changes.iter().zip(&applied.values) {
            if let Some(value) = value {
                sink.push(&change.name, &scratch[value.clone()]);
            }
        }
    }
}

/// What the mapped fields are in one exchange.
#[derive(Default)]
struct Applied {
    /// Where in the scratch each change's value lies; `None` where it is not sent.
    values: SmallVec<[Option<Range<usize>>; 4]>,
    /// Known names whose fields of the client go.
    replaced: NameSet,
    /// Known names that a mapping sends.
    sent: NameSet,
    /// Whether fields of names that are not known may go.
    replaces_other_names: bool,
}

/// Pushes a field whose value is made in `scratch`.
fn push_made(
    name: &[u8],
    scratch: &mut Vec<u8>,
    sink: &mut impl HeadSink,
    make: impl FnOnce(&mut Vec<u8>),
) {
    let start = scratch.len();
    make(scratch);
    sink.push(name, &scratch[start..]);
}

fn push_own_trace_id(out: &mut Vec<u8>, facts: &Facts<'_>) {
    let client = facts.request.first(KnownName::XAmznTraceId);
    push_trace_id(out, client, facts.ids, facts.arrived.unix_s());
}
