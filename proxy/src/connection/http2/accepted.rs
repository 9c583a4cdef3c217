//! Which exchange does an HTTP/2 stream ask for?

use h2::RecvStream;
use h2::server::SendResponse;
use http::Request;
use smallvec::SmallVec;
use tollgate_core::context::Client;
use tollgate_core::message::{RequestHead, Scheme};
use tollgate_core::wire::http2::{Fault, Pseudo, read_request};

use crate::client::{Http2Body, Http2Reply, Piece, Steps};
use crate::local::Local;
use crate::net::Buffer;

/// Fields of a head that need no allocation.
const FIELDS_USUAL: usize = 32;

/// A request on an HTTP/2 stream, ready to be exchanged.
pub(in crate::connection) struct Http2Exchange {
    /// The bytes that the head points into.
    pub(super) head_bytes: Buffer,
    /// The head.
    pub(super) head: RequestHead,
    /// What follows it.
    pub(super) body: Http2Body,
    /// Where the answer goes.
    pub(super) reply: Http2Reply,
    /// The client.
    pub(super) client: Client,
    /// Why the head is not acceptable; then the answer is [`Malformed::status`] and nothing else.
    ///
    /// [`Malformed::status`]: tollgate_core::wire::Malformed::status
    pub(super) refused: Option<tollgate_core::wire::Malformed>,
}

/// Reads the head of a stream; `None` where it is malformed: then the stream has been reset.
pub(super) fn read_exchange(
    request: Request<RecvStream>,
    respond: SendResponse<Piece>,
    (client, steps): (Client, &Steps),
    local: &Local,
) -> Option<Http2Exchange> {
    let (parts, stream) = request.into_parts();
    let mut head = local.take_head();
    let mut head_bytes = Vec::with_capacity(bytes_of(&parts));
    let read = {
        let pseudo = pseudo_of(&parts, client.scheme);
        let fields = parts.headers.iter();
        let fields = fields.map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
        // The head is read twice where there are cookies.
        let fields: SmallVec<[_; FIELDS_USUAL]> = fields.collect();
        read_request(
            &pseudo,
            fields.iter().copied(),
            stream.is_end_stream(),
            &mut head_bytes,
            &mut head,
        )
    };
    let reply = Http2Reply::new(respond, &head, steps.clone());
    let refused = match read {
        Ok(()) => None,
        Err(Fault::Answer(malformed)) => Some(malformed),
        Err(Fault::Stream(_)) => {
            local.give_back_head(head);
            reply.refuse();
            return None;
        }
    };
    let body = Http2Body::new(stream, steps.clone());
    let head_bytes = Buffer::from(head_bytes);
    Some(Http2Exchange { head_bytes, head, body, reply, client, refused })
}

/// `h2` keeps the scheme only beside an authority; it has checked that there was one.
fn pseudo_of(parts: &http::request::Parts, scheme: Scheme) -> Pseudo<'_> {
    let own_scheme = match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    Pseudo {
        method: parts.method.as_str().as_bytes(),
        scheme: Some(parts.uri.scheme_str().unwrap_or(own_scheme).as_bytes()),
        authority: parts.uri.authority().map(|authority| authority.as_str().as_bytes()),
        path: parts.uri.path_and_query().map(|path| path.as_str().as_bytes()),
    }
}

/// Bytes that the head takes at most in one buffer.
fn bytes_of(parts: &http::request::Parts) -> usize {
    const LINE_AND_HOST_BYTES: usize = 64;
    let line = parts.uri.path_and_query().map_or(0, |path| path.as_str().len());
    let host = parts.uri.authority().map_or(0, |authority| authority.as_str().len());
    let fields = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2);
    LINE_AND_HOST_BYTES + line + host + fields.sum::<usize>()
}
