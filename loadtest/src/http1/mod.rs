//! Where does an HTTP/1 message end, seen from either side?
//!
//! Deliberately plain: the generator and the origin trust each other and the gateway between them
//! only as far as framing goes. What cannot be framed is [`Malformed`] and costs the connection.

mod body;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use body::{BodyReader, Framing, Step};
pub use request::{Request, parse_request};
pub use response::{ResponseHead, parse_response};

/// Why bytes are not the message they should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Malformed {
    /// The grammar of the head is broken.
    #[error("the head is not HTTP/1")]
    Head,
    /// The head does not end within the limit.
    #[error("the head is too long")]
    HeadTooLong,
    /// `Content-Length` is no number, repeated with another value, or beside `Transfer-Encoding`.
    #[error("the length of the body is ambiguous")]
    Length,
    /// A chunk's size or end is broken.
    #[error("a chunk is broken")]
    Chunk,
}

/// Finds the framing and persistence fields among a head's fields.
struct Fields {
    length: Option<u64>,
    is_chunked: bool,
    keep_alive: bool,
    expects_continue: bool,
}

impl Fields {
    /// Reads `headers` of a message of HTTP/1.`minor`.
    fn read(headers: &[httparse::Header<'_>], minor: u8) -> Result<Self, Malformed> {
        let mut fields = Self {
            length: None,
            is_chunked: false,
            keep_alive: minor == 1,
            expects_continue: false,
        };
        for header in headers {
            fields.note(header)?;
        }
        if fields.is_chunked && fields.length.is_some() {
            return Err(Malformed::Length);
        }
        Ok(fields)
    }

    fn note(&mut self, header: &httparse::Header<'_>) -> Result<(), Malformed> {
        let name = header.name;
        if name.eq_ignore_ascii_case("content-length") {
            let text = std::str::from_utf8(header.value).map_err(|_| Malformed::Length)?;
            let length = text.trim().parse().map_err(|_| Malformed::Length)?;
            if self.length.is_some_and(|known| known != length) {
                return Err(Malformed::Length);
            }
            self.length = Some(length);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            self.is_chunked = header.value.trim_ascii().eq_ignore_ascii_case(b"chunked");
            if !self.is_chunked {
                return Err(Malformed::Length);
            }
        } else if name.eq_ignore_ascii_case("connection") {
            for option in header.value.split(|byte| *byte == b',') {
                let option = option.trim_ascii();
                if option.eq_ignore_ascii_case(b"close") {
                    self.keep_alive = false;
                } else if option.eq_ignore_ascii_case(b"keep-alive") {
                    self.keep_alive = true;
                }
            }
        } else if name.eq_ignore_ascii_case("expect") {
            self.expects_continue = header.value.eq_ignore_ascii_case(b"100-continue");
        }
        Ok(())
    }
}
