//! What if a client says that it has no more to send, and waits for its answer?

use std::net::SocketAddr;

use super::client::{Client, Response};

/// Sends `request`, ends its own side and reads the answer.
pub(crate) fn ask(address: SocketAddr, request: &[u8]) -> Response {
    let mut client = Client::connect(address);
    client.send(request);
    client.half_close();
    client.response()
}
