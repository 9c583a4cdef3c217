//! What does a slow and simple reader of RFC 9112 §7.1 make of a chunked body?

use std::sync::LazyLock;

use regex::Regex;

#[derive(Debug)]
pub(crate) enum Verdict {
    /// The data, and how many bytes the body took.
    Ended(Vec<u8>, usize),
    Refused(&'static str),
    /// The end has not come.
    Endless,
}

pub(crate) fn decode(bytes: &[u8]) -> Verdict {
    let mut data = Vec::new();
    let mut rest = bytes;
    loop {
        let Some(line) = take_line(&mut rest) else { return Verdict::Endless };
        let size = match read_size(line) {
            Ok(size) => size,
            Err(why) => return Verdict::Refused(why),
        };
        if size == 0 {
            break;
        }
        if size > rest.len() as u64 {
            return Verdict::Endless;
        }
        let (chunk, behind) = rest.split_at(usize::try_from(size).unwrap_or(0));
        data.extend_from_slice(chunk);
        match behind {
            [b'\r', b'\n', behind @ ..] => rest = behind,
            [] | [b'\r'] => return Verdict::Endless,
            _ => return Verdict::Refused("no line end behind the data"),
        }
    }
    loop {
        match take_line(&mut rest) {
            None => return Verdict::Endless,
            Some(b"") => return Verdict::Ended(data, bytes.len() - rest.len()),
            Some(line) if is_field(line) => {}
            Some(_) => return Verdict::Refused("trailer"),
        }
    }
}

/// Everything up to the next CR LF, which is taken too.
fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let line = &rest[..end];
    *rest = &rest[end + 2..];
    Some(line)
}

fn read_size(line: &[u8]) -> Result<u64, &'static str> {
    let text: String = line.iter().map(|byte| char::from(*byte)).collect();
    let (size, extensions) = text.split_once(';').map_or((&*text, None), |(s, e)| (s, Some(e)));
    if size.is_empty() || size.len() > 16 || !size.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err("size");
    }
    if extensions.is_some_and(|extensions| !EXTENSIONS.is_match(extensions)) || text.len() > 256 {
        return Err("extension");
    }
    u64::from_str_radix(size, 16).ok().filter(|size| *size < 1 << 63).ok_or("size")
}

/// `name [ "=" ( token / quoted-string ) ]`, several with `;` between, no blanks but in quotes.
static EXTENSIONS: LazyLock<Regex> = LazyLock::new(|| {
    let token = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    let quoted = r#""(?:[\t !\x23-\x5b\x5d-\x7e]|\\[\t -\x7e])*""#;
    let one = format!("{token}(?:=(?:{token}|{quoted}))?");
    Regex::new(&format!("^{one}(?:;{one})*$")).expect("a valid pattern")
});

fn is_field(line: &[u8]) -> bool {
    let text: String = line.iter().map(|byte| char::from(*byte)).collect();
    let Some((name, value)) = text.split_once(':') else { return false };
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let forbidden = [
        "content-length",
        "transfer-encoding",
        "host",
        "connection",
        "expect",
        "trailer",
        "te",
        "upgrade",
    ];
    !name.is_empty()
        && name.chars().all(is_token)
        && !value.contains(|c: char| (c < ' ' && c != '\t') || c == '\x7f')
        && !forbidden.contains(&name.to_ascii_lowercase().as_str())
}
