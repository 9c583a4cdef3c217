//! What does one status of rustls ask for, while receiving and while sending?

use rustls::Error;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, ReadTraffic, UnbufferedStatus,
    WriteTraffic,
};

use crate::net::Buffer;

/// Bytes that encryption adds to one record at most: header, explicit nonce or inner type, tag.
const RECORD_OVERHEAD_BYTES_MAX: usize = 5 + 8 + 16;
/// Bytes of plaintext in one record at most (RFC 8446 §5.1).
const RECORD_PLAINTEXT_BYTES_MAX: usize = 16 * 1024;

/// What one call into rustls came to.
pub(super) enum Step {
    /// Something was done; there may be more.
    Continue,
    /// Plaintext has come out.
    Plaintext,
    /// Nothing can be done without more bytes.
    Blocked,
    /// The peer's close_notify has come.
    PeerClosed,
}

/// What is to be sealed.
#[derive(Clone, Copy)]
pub(super) enum Outgoing<'p> {
    Plaintext(&'p [u8]),
    CloseNotify,
}

impl Outgoing<'_> {
    /// Bytes that it takes on the wire at most.
    pub(super) fn sealed_bytes_max(self) -> usize {
        match self {
            Self::Plaintext(bytes) => {
                let records = bytes.len().div_ceil(RECORD_PLAINTEXT_BYTES_MAX);
                bytes.len() + records * RECORD_OVERHEAD_BYTES_MAX
            }
            Self::CloseNotify => 2 + RECORD_OVERHEAD_BYTES_MAX,
        }
    }

    fn write<Side>(
        self,
        mut traffic: WriteTraffic<'_, Side>,
        room: &mut [u8],
    ) -> Result<usize, EncryptError> {
        match self {
            Self::Plaintext(bytes) => traffic.encrypt(bytes, room),
            Self::CloseNotify => traffic.queue_close_notify(room),
        }
    }
}

/// What one call into rustls did for the message to be sealed.
pub(super) enum Sealed {
    /// It is in the buffer, whole.
    Whole,
    /// It needs this many bytes of room.
    NeedsRoom(usize),
    /// Something went ahead of it.
    Continue,
    /// The peer's close_notify came to light.
    PeerClosed,
}

/// Acts on one status while receiving; yields how many bytes were used up.
pub(super) fn advance<Side>(
    status: UnbufferedStatus<'_, '_, Side>,
    queued: &mut Vec<u8>,
    plaintext: &mut Option<Buffer>,
) -> (usize, Result<Step, Error>) {
    let UnbufferedStatus { mut discard, state } = status;
    let step = match state {
        Ok(ConnectionState::ReadTraffic(traffic)) => {
            take_records(traffic, plaintext, &mut discard).map(|()| Step::Plaintext)
        }
        Ok(ConnectionState::EncodeTlsData(message)) => {
            encode(message, queued).map(|()| Step::Continue)
        }
        Ok(ConnectionState::TransmitTlsData(transmit)) => {
            // The queue is ours from here on: what is sent when is decided outside.
            transmit.done();
            Ok(Step::Continue)
        }
        Ok(ConnectionState::PeerClosed | ConnectionState::Closed) => Ok(Step::PeerClosed),
        Ok(ConnectionState::BlockedHandshake | ConnectionState::WriteTraffic(_)) => {
            Ok(Step::Blocked)
        }
        Ok(_) => Err(Error::General("early data was never offered".into())),
        Err(error) => Err(error),
    };
    (discard, step)
}

/// Acts on one status while sending.
pub(super) fn seal_into<Side>(
    status: UnbufferedStatus<'_, '_, Side>,
    out: &mut Vec<u8>,
    room: usize,
    message: Outgoing<'_>,
) -> Result<Sealed, Error> {
    match status.state? {
        ConnectionState::WriteTraffic(traffic) => {
            let start = out.len();
            out.resize(start + room, 0);
            match message.write(traffic, &mut out[start..]) {
                Ok(count) => {
                    out.truncate(start + count);
                    Ok(Sealed::Whole)
                }
                Err(EncryptError::InsufficientSize(needed)) => {
                    out.truncate(start);
                    Ok(Sealed::NeedsRoom(needed.required_size))
                }
                Err(EncryptError::EncryptExhausted) => Err(Error::EncryptError),
            }
        }
        ConnectionState::EncodeTlsData(message) => encode(message, out).map(|()| Sealed::Continue),
        ConnectionState::TransmitTlsData(transmit) => {
            transmit.done();
            Ok(Sealed::Continue)
        }
        ConnectionState::PeerClosed => Ok(Sealed::PeerClosed),
        // A close_notify that found no room was queued by rustls and has come out before this.
        ConnectionState::Closed if matches!(message, Outgoing::CloseNotify) => Ok(Sealed::Whole),
        ConnectionState::Closed => Err(Error::General("both sides have closed".into())),
        _ => Err(Error::HandshakeNotComplete),
    }
}

/// Appends one message of the session to `out`.
fn encode<Side>(mut message: EncodeTlsData<'_, Side>, out: &mut Vec<u8>) -> Result<(), Error> {
    let start = out.len();
    // Asking with no room at all yields the size.
    let Err(EncodeError::InsufficientSize(needed)) = message.encode(&mut []) else { return Ok(()) };
    out.resize(start + needed.required_size, 0);
    message
        .encode(&mut out[start..])
        .map(|count| out.truncate(start + count))
        .map_err(|error| Error::General(error.to_string()))
}

/// Moves the decrypted record out of the session.
fn take_records<Side>(
    mut traffic: ReadTraffic<'_, '_, Side>,
    plaintext: &mut Option<Buffer>,
    discard: &mut usize,
) -> Result<(), Error> {
    while let Some(record) = traffic.next_record() {
        let record = record?;
        *discard += record.discard;
        if !record.payload.is_empty() {
            let fresh = || Buffer::with_room(record.payload.len());
            plaintext.get_or_insert_with(fresh).extend(record.payload);
        }
    }
    Ok(())
}
