//! What of a backend's answer reaches the client, and under which names?

use std::ops::Range;

use smallvec::SmallVec;

use crate::context::ApiKind;
use crate::integrate::{HOP_BY_HOP, NameSet, is_encoded};
use crate::message::{HeadSink, KnownName, Response};
use crate::transform::Expression;
use crate::wire::HopByHop;

use super::Occasion;
use super::occasion::may_have_content;

/// What is changed in a backend's answers, compiled.
#[derive(Debug, Default)]
pub struct ProxyResponses {
    /// By the integration's status; no status twice.
    pub(super) changes: Box<[(u16, ResponseChange)]>,
}

/// What is changed in answers of one status (HTTP APIs).
#[derive(Debug, Default)]
pub(super) struct ResponseChange {
    /// `overwrite:statuscode`
    pub(super) status: Option<Expression>,
    pub(super) fields: Box<[FieldChange]>,
}

/// What is done to a field.
#[derive(Debug)]
pub(super) struct FieldChange {
    pub(super) action: Action,
    pub(super) name: Box<[u8]>,
    pub(super) value: Expression,
}

/// What a mapping does to the backend's fields of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// The mapped value comes beside them.
    Append,
    /// The mapped value takes their place.
    Overwrite,
    /// They go.
    Remove,
}

/// Fields of a backend that a REST API sends on as `x-amzn-Remapped-…`: recorded on the service,
/// then those that only its guide lists.
const REMAPPED: NameSet = NameSet::of(&[
    KnownName::Connection,
    KnownName::ContentLength,
    KnownName::Date,
    KnownName::Server,
    KnownName::XAmznRequestid,
    KnownName::Authorization,
    KnownName::ContentMd5,
    KnownName::MaxForwards,
    KnownName::WwwAuthenticate,
]);

/// Fields of a backend that a REST API does not send on. Its own id of a gateway behind this one
/// would be a second `x-amz-apigw-id`.
const REST_API_DROPPED: NameSet =
    NameSet::of(&[KnownName::Expect, KnownName::Host, KnownName::Via, KnownName::XAmzApigwId])
        .and(HOP_BY_HOP);

/// Fields of a backend that an HTTP API does not send on: the gateway writes its own.
const HTTP_API_DROPPED: NameSet =
    NameSet::of(&[KnownName::ContentLength, KnownName::Date, KnownName::Server]).and(HOP_BY_HOP);

/// "Backend CORS headers are ignored" where the API has a CORS configuration.
const CORS: NameSet = NameSet::of(&[
    KnownName::AccessControlAllowCredentials,
    KnownName::AccessControlAllowHeaders,
    KnownName::AccessControlAllowMethods,
    KnownName::AccessControlAllowOrigin,
    KnownName::AccessControlExposeHeaders,
    KnownName::AccessControlMaxAge,
]);

impl ProxyResponses {
    /// Writes the fields of the answer and says its status.
    ///
    /// The body crosses untouched. `scratch` is the caller's; what is in it is lost.
    pub fn write(
        &self,
        response: Response<'_>,
        occasion: &Occasion<'_>,
        scratch: &mut Vec<u8>,
        sink: &mut impl HeadSink,
    ) -> u16 {
        match occasion.facts.api_kind() {
            Some(ApiKind::HttpApi) => self.write_http_api(response, occasion, scratch, sink),
            _ => write_rest_api(response, occasion, sink),
        }
    }

    fn write_http_api(
        &self,
        response: Response<'_>,
        occasion: &Occasion<'_>,
        scratch: &mut Vec<u8>,
        sink: &mut impl HeadSink,
    ) -> u16 {
        let status = response.head.status;
        let change = self.changes.iter().find(|(of, _)| *of == status).map(|(_, change)| change);
        let dropped = match occasion.cors {
            Some(_) => HTTP_API_DROPPED.and(CORS),
            None => HTTP_API_DROPPED,
        };
        scratch.clear();
        let applied = change.map(|change| Applied::of(change, response, occasion, scratch));
        for_each_end_to_end(response, |known, name, value| {
            let is_dropped = known.is_some_and(|known| dropped.has(known))
                // Of a gateway behind this one.
                || name.eq_ignore_ascii_case(b"apigw-requestid")
                || applied.as_ref().is_some_and(|applied| applied.replaces(name));
            if !is_dropped {
                sink.push(name, value);
            }
        });
        if let Some(applied) = &applied {
            for (change, value) in applied.change.fields.iter().zip(&applied.values) {
                if let Some(value) = value {
                    sink.push(&change.name, &scratch[value.clone()]);
                }
            }
        }
        occasion.push_fields(ApiKind::HttpApi, sink);
        let has_content = !response.head.body.is_empty();
        let overwritten = applied.and_then(|applied| applied.status);
        // A body under a status that has none would be read as the next answer.
        overwritten.filter(|status| !has_content || may_have_content(*status)).unwrap_or(status)
    }
}

fn write_rest_api(
    response: Response<'_>,
    occasion: &Occasion<'_>,
    sink: &mut impl HeadSink,
) -> u16 {
    let coding = response.first(KnownName::ContentEncoding);
    let drops_coding = coding.is_some_and(|coding| !is_encoded(coding));
    for_each_end_to_end(response, |known, name, value| match known {
        Some(known) if REMAPPED.has(known) => {
            let mut remapped = SmallVec::<[u8; 64]>::from_slice(b"x-amzn-Remapped-");
            remapped.extend_from_slice(name);
            sink.push(&remapped, value);
        }
        Some(known) if REST_API_DROPPED.has(known) => {}
        Some(KnownName::ContentEncoding) if drops_coding => {}
        _ => sink.push(name, value),
    });
    let status = response.head.status;
    if may_have_content(status) && !response.head.fields.has(KnownName::ContentType) {
        // "`Content-Type` default `application/json` if backend gave none."
        sink.push(b"Content-Type", b"application/json");
    }
    occasion.push_fields(ApiKind::RestApi, sink);
    status
}

/// Calls `push` with each field that `Connection` does not nominate.
fn for_each_end_to_end(
    response: Response<'_>,
    mut push: impl FnMut(Option<KnownName>, &[u8], &[u8]),
) {
    let (bytes, fields) = (response.bytes, &response.head.fields);
    let hop_by_hop = HopByHop::of(bytes, fields);
    for field in fields {
        // Known names have their own tables; REST APIs even send some of these under another name.
        if field.known.is_some() || !hop_by_hop.ends_here(field) {
            push(field.known, field.name.of_bytes(bytes), field.value.of_bytes(bytes));
        }
    }
}

/// What a change does to one answer.
struct Applied<'c> {
    change: &'c ResponseChange,
    status: Option<u16>,
    /// Where in the scratch each field's value lies; `None` where it is not sent.
    values: SmallVec<[Option<Range<usize>>; 4]>,
}

impl<'c> Applied<'c> {
    fn of(
        change: &'c ResponseChange,
        response: Response<'_>,
        occasion: &Occasion<'_>,
        scratch: &mut Vec<u8>,
    ) -> Self {
        let write = |value: &Expression, scratch: &mut Vec<u8>| {
            value.write_field_value(occasion.facts, Some(response), scratch)
        };
        let status = change.status.as_ref().and_then(|status| write(status, scratch));
        let status = status.and_then(|range| parse_status(&scratch[range]));
        let values = change.fields.iter().map(|field| match field.action {
            Action::Remove => None,
            _ => write(&field.value, scratch),
        });
        Self { change, status, values: values.collect() }
    }

    fn replaces(&self, name: &[u8]) -> bool {
        self.change.fields.iter().zip(&self.values).any(|(field, value)| {
            let replaces = match field.action {
                Action::Append => false,
                Action::Overwrite => value.is_some(),
                Action::Remove => true,
            };
            replaces && field.name.eq_ignore_ascii_case(name)
        })
    }
}

/// A status that may be sent as the final one; others leave the integration's.
pub(super) fn parse_status(text: &[u8]) -> Option<u16> {
    let status = std::str::from_utf8(text).ok()?.parse().ok()?;
    (200..=599).contains(&status).then_some(status)
}
