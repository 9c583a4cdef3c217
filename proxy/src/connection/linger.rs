//! How is a connection closed so that the last answer is still read?

use std::rc::Rc;
use std::time::Duration;

use crate::net::{Buffer, Reader, Writer};
use crate::time::{Deadline, Expiry, Wheel, recent};

/// How long a client may go on sending after its last answer.
const LINGER_MAX: Duration = Duration::from_secs(2);

/// Bytes that a client may go on sending after its last answer.
const LINGER_BYTES_MAX: usize = 1024 * 1024;

/// Ends our side, then reads and forgets what the client still sends.
///
/// Closing a socket with unread bytes makes the kernel reset the connection, and the reset can
/// destroy the answer before the client has read it (RFC 9112 §9.6).
pub(super) async fn linger(
    reader: &mut Reader,
    writer: &mut Writer,
    (deadline, wheel): (&Rc<Deadline>, &Wheel),
) {
    wheel.arm(deadline, LINGER_MAX, Expiry::Shut, recent());
    if writer.close().await.is_err() {
        return;
    }
    let mut forgotten = 0;
    let mut buffer = Buffer::take();
    while forgotten < LINGER_BYTES_MAX {
        let result;
        (result, buffer) = reader.read(buffer).await;
        match result {
            Ok(0) | Err(_) => return,
            Ok(count) => forgotten += count,
        }
        buffer.clear();
    }
}
