//! What if a client sends each byte in a packet of its own?

use std::io;
use std::net::SocketAddr;

use super::client::Client;

/// Sends `bytes` one by one; stops where the other side has gone.
pub(crate) fn send(client: &mut Client, bytes: &[u8]) -> io::Result<()> {
    bytes.iter().try_for_each(|byte| client.try_send([*byte]))
}

/// Connects and sends `bytes` cut in two at `position`, the second part once the first has gone out.
pub(crate) fn send_in_two(address: SocketAddr, bytes: &[u8], position: usize) -> Client {
    let mut client = Client::connect(address);
    let (first, second) = bytes.split_at(position);
    let _ = client.try_send(first);
    std::thread::yield_now();
    let _ = client.try_send(second);
    client
}
