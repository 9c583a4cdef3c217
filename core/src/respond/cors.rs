//! May a page of another origin call this HTTP API, and how is the browser told?

use std::borrow::Cow;

use crate::context::ApiKind;
use crate::message::{HeadSink, KnownName, Request, Verb};

use super::{Answer, Occasion};

/// The CORS configuration of an HTTP API, compiled.
///
/// Backends don't take part: "backend CORS headers are ignored". An origin that is not allowed gets
/// no `access-control-*` field and is otherwise answered as ever; the browser does the refusing.
#[derive(Debug, Default)]
pub struct Cors {
    pub(super) origins: Box<[Origin]>,
    /// Joined by commas; empty for none.
    pub(super) methods: Box<[u8]>,
    pub(super) headers: Box<[u8]>,
    pub(super) exposed: Box<[u8]>,
    pub(super) max_age: Option<Box<[u8]>>,
    pub(super) allows_credentials: bool,
}

/// An origin that is allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// `*`
    Any,
    /// `http://*` or `https://*`: any host of that scheme.
    Scheme(Box<[u8]>),
    /// Exactly this one.
    Exact(Box<[u8]>),
}

impl Cors {
    /// Whether a request asks what it may ask: "`OPTIONS` with `Origin` and
    /// `Access-Control-Request-Method`", "answered by the gateway even without an OPTIONS route".
    pub fn is_preflight(request: Request<'_>) -> bool {
        request.head.verb == Verb::Options
            && request.head.fields.has(KnownName::Origin)
            && request.head.fields.has(KnownName::AccessControlRequestMethod)
    }

    /// Writes the fields of the answer to a preflight: 204 without body.
    pub fn write_preflight(
        &self,
        occasion: &Occasion<'_>,
        sink: &mut impl HeadSink,
    ) -> Answer<'static> {
        let request = occasion.facts.request;
        if self.push_origin(request, sink) {
            for (name, value) in [
                (&b"access-control-allow-methods"[..], &self.methods),
                (b"access-control-allow-headers", &self.headers),
            ] {
                if !value.is_empty() {
                    sink.push(name, value);
                }
            }
            if let Some(max_age) = &self.max_age {
                sink.push(b"access-control-max-age", max_age);
            }
            self.push_credentials(sink);
        }
        Occasion { cors: None, ..*occasion }.push_fields(ApiKind::HttpApi, sink);
        Answer { status: 204, body: Cow::Borrowed(b"") }
    }

    /// Writes the fields of an actual answer, to a request that has an `Origin`.
    pub(super) fn push_actual(&self, request: Request<'_>, sink: &mut impl HeadSink) {
        if self.push_origin(request, sink) {
            if !self.exposed.is_empty() {
                sink.push(b"access-control-expose-headers", &self.exposed);
            }
            self.push_credentials(sink);
        }
    }

    /// Writes which origin is allowed; `false` where the request's is not.
    ///
    /// Where the value depends on who asks, `Vary` says so to caches (Fetch, §CORS protocol and
    /// HTTP caches).
    fn push_origin(&self, request: Request<'_>, sink: &mut impl HeadSink) -> bool {
        let Some(origin) = request.first(KnownName::Origin) else { return false };
        if self.origins.contains(&Origin::Any) {
            sink.push(b"access-control-allow-origin", b"*");
            return true;
        }
        let is_allowed = self.origins.iter().any(|allowed| match allowed {
            Origin::Any => true,
            Origin::Scheme(scheme) => origin.len() > scheme.len() && origin.starts_with(scheme),
            Origin::Exact(exact) => **exact == *origin,
        });
        if is_allowed {
            sink.push(b"access-control-allow-origin", origin);
        }
        sink.push(b"vary", b"Origin");
        is_allowed
    }

    fn push_credentials(&self, sink: &mut impl HeadSink) {
        if self.allows_credentials {
            sink.push(b"access-control-allow-credentials", b"true");
        }
    }
}
