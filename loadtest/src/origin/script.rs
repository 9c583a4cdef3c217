//! What does a request's target ask the origin to do?

use crate::limits;

/// What to answer and how. The first path segment chooses, the query overrides:
///
/// | path | query | effect |
/// |---|---|---|
/// | `/echo…`, anything else | | the request as JSON |
/// | `/bytes/N` | `bytes=N` | a body of N bytes |
/// | `/delay/MS` | `delay=MS` | waits before the head |
/// | `/status/N` | `status=N` | that status |
/// | `/headers/N` | `headers=N` | N extra header fields |
/// | | `header=Name:value` | that header field; repeatable |
/// | `/chunked/N` | `chunked=N` | N chunks of 16 bytes |
/// | `/trailers` | `trailers` | the body in one chunk, followed by trailers |
/// | `/drip/N/MS` | `bytes=N&drip=MS` | N bytes, one every MS milliseconds |
/// | `/close` | `close` | closes after the answer |
/// | `/reset` | `reset` | half a head, then a TCP reset |
/// | `/truncate` | `truncate` | half the body, then an orderly end |
/// | `/stall` | `stall` | reads the request and never answers |
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Script {
    /// The status to answer with; 0 means 200.
    pub status: u16,
    /// Milliseconds to wait before the head.
    pub delay_ms: u64,
    /// What the body consists of.
    pub content: Content,
    /// Milliseconds before each byte of the body; 0 sends it at once.
    pub drip_ms: u64,
    /// Extra header fields named `X-Extra-0` and so on.
    pub headers_extra: u64,
    /// Header fields asked for by name and value.
    pub headers: Vec<(String, String)>,
    /// Ends the body with trailers, and so sends it in chunks.
    pub has_trailers: bool,
    /// How the answer and its connection end.
    pub ending: Ending,
}

/// What the body consists of.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Content {
    /// The request as JSON.
    #[default]
    Echo,
    /// So many bytes.
    Bytes(u64),
    /// So many chunks of 16 bytes.
    Chunks(u64),
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Ending {
    /// As the client wishes.
    #[default]
    KeepAlive,
    /// With `Connection: close`.
    Close,
    /// With a TCP reset in the middle of the head.
    Reset,
    /// With an orderly end in the middle of the body.
    Truncate,
    /// Never: there is no answer.
    Stall,
}

impl Script {
    /// Reads the wishes in `target`. What is not understood is no wish.
    pub fn read(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut script = Self::default();
        let mut segments = path.trim_start_matches('/').split('/');
        let name = segments.next().unwrap_or("");
        let argument = segments.next().unwrap_or("");
        if name == "drip" {
            script.wish("bytes", argument);
            script.wish("drip", segments.next().unwrap_or(""));
        } else if name != "header" {
            script.wish(name, argument);
        }
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            script.wish(name, value);
        }
        script
    }

    /// The status on the wire.
    pub fn status(&self) -> u16 {
        if self.status == 0 { 200 } else { self.status }
    }

    fn wish(&mut self, name: &str, value: &str) {
        let number = value.parse::<u64>().ok();
        match (name, number) {
            ("bytes", Some(count)) => {
                self.content = Content::Bytes(count.min(limits::ORIGIN_BODY_BYTES_MAX));
            }
            ("chunked", Some(count)) => {
                self.content = Content::Chunks(count.min(limits::ORIGIN_CHUNKS_MAX));
            }
            ("delay", Some(ms)) => self.delay_ms = ms.min(limits::ORIGIN_DELAY_MS_MAX),
            ("drip", Some(ms)) => self.drip_ms = ms.min(limits::ORIGIN_DELAY_MS_MAX),
            ("headers", Some(count)) => self.headers_extra = count.min(limits::ORIGIN_HEADERS_MAX),
            ("status", Some(status @ 200..=999)) => {
                self.status = u16::try_from(status).unwrap_or(0);
            }
            ("header", _) => self.headers.extend(header_wish(value)),
            ("trailers", _) => self.has_trailers = true,
            ("close", _) => self.ending = Ending::Close,
            ("reset", _) => self.ending = Ending::Reset,
            ("truncate", _) => self.ending = Ending::Truncate,
            ("stall", _) => self.ending = Ending::Stall,
            _ => {}
        }
    }
}

/// `Name:value`, percent-encoded, as a field; nothing where that would break the head.
fn header_wish(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(percent_decoded(text)).ok()?;
    let (name, value) = text.split_once(':')?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'".contains(&byte);
    let is_sound = !name.is_empty()
        && name.bytes().all(is_token)
        && !value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
    is_sound.then(|| (name.to_owned(), value.trim().to_owned()))
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digits = (byte == b'%').then(|| (hex(ahead.next()), hex(ahead.next())));
        if let Some((Some(high), Some(low))) = digits {
            decoded.push(high * 16 + low);
            bytes = ahead;
        } else {
            decoded.push(if byte == b'+' { b' ' } else { byte });
        }
    }
    decoded
}

fn hex(digit: Option<u8>) -> Option<u8> {
    let value = char::from(digit?).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, change: impl FnOnce(&mut Script)) {
        let mut expected = Script::default();
        change(&mut expected);
        assert_eq!(Script::read(target), expected, "{target}");
    }

    #[test]
    fn the_path_chooses() {
        check("/", |_| {});
        check("/echo/a/b", |_| {});
        check("/pets/3", |_| {});
        check("/bytes/128", |script| script.content = Content::Bytes(128));
        check("/delay/50", |script| script.delay_ms = 50);
        check("/status/503", |script| script.status = 503);
        check("/chunked/3", |script| script.content = Content::Chunks(3));
        check("/headers/9", |script| script.headers_extra = 9);
        check("/trailers", |script| script.has_trailers = true);
        check("/close", |script| script.ending = Ending::Close);
        check("/reset", |script| script.ending = Ending::Reset);
        check("/truncate", |script| script.ending = Ending::Truncate);
        check("/stall", |script| script.ending = Ending::Stall);
        check("/drip/10/5", |script| {
            script.content = Content::Bytes(10);
            script.drip_ms = 5;
        });
    }

    #[test]
    fn the_query_overrides() {
        check("/status/200?status=503&delay=50", |script| {
            script.status = 503;
            script.delay_ms = 50;
        });
        check("/echo?header=Set-Cookie:a%3Db&header=X-Y:%20z", |script| {
            script.headers = vec![("Set-Cookie".into(), "a=b".into()), ("X-Y".into(), "z".into())];
        });
    }

    #[test]
    fn nonsense_is_no_wish_and_numbers_are_bounded() {
        check("/bytes/many", |_| {});
        check("/status/7", |_| {});
        check("/echo?header=X:a%0d%0aY:b&header=none&header=:x&%zz", |_| {});
        check("/bytes/99999999999", |script| {
            script.content = Content::Bytes(limits::ORIGIN_BODY_BYTES_MAX);
        });
    }
}
