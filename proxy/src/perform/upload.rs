//! How does a request's body reach its upstream?

use std::io;

use crate::client::RequestBody;
use crate::framing::{BodyFailure, Outgoing};
use crate::net::{Buffer, Writer};

/// Why a body did not reach its upstream.
#[derive(Debug)]
pub(super) enum UploadFailure {
    /// The client stopped sending, or sent what is no body.
    Client(BodyFailure),
    /// The upstream stopped reading; it may have answered before that.
    Upstream(io::Error),
}

/// Passes what is left of `body` on, piece by piece; neither side's pieces pile up here.
pub(super) async fn upload(
    body: &mut RequestBody<'_>,
    framing: Outgoing,
    writer: &mut Writer,
) -> Result<(), UploadFailure> {
    const CHUNK_OVERHEAD_BYTES: usize = 32;
    while let Some(piece) = body.next().await.map_err(UploadFailure::Client)? {
        let out = match framing {
            Outgoing::Bare => piece,
            Outgoing::Chunked => {
                let mut out = Buffer::with_room(piece.len() + CHUNK_OVERHEAD_BYTES);
                framing.append(piece.unread(), &mut out);
                out
            }
        };
        let (result, _) = writer.write_all(out).await;
        result.map_err(UploadFailure::Upstream)?;
    }
    let mut end = Buffer::empty();
    framing.append_end(&mut end);
    let (result, _) = writer.write_all(end).await;
    result.map_err(UploadFailure::Upstream)
}
