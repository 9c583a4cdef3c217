//! What does a slow and simple reader of RFC 9112 make of a request?

use std::collections::HashMap;
use std::net::Ipv6Addr;

/// What a request says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    /// In lower case.
    pub(crate) authority: String,
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) body: String,
    pub(crate) keeps_alive: bool,
    pub(crate) expects_continue: bool,
    pub(crate) len: usize,
}

#[derive(Debug)]
pub(crate) enum Verdict {
    Taken(Request),
    Refused(String),
    /// The end of the head has not come.
    Endless,
}

pub(crate) fn parse(bytes: &[u8]) -> Verdict {
    let skipped = if bytes.starts_with(b"\r\n") { 2 } else { 0 };
    let text: String = bytes[skipped..].iter().map(|byte| char::from(*byte)).collect();
    let Some(end) = text.find("\r\n\r\n") else { return Verdict::Endless };
    match read(&text[..end]) {
        Ok(mut request) => {
            request.len = skipped + text[..end].chars().count() + 4;
            Verdict::Taken(request)
        }
        Err(why) => Verdict::Refused(why),
    }
}

/// Letters stand for bytes here: `bytes` became text as Latin-1.
fn read(head: &str) -> Result<Request, String> {
    let mut lines = head.split("\r\n");
    let request_line = lines.next().unwrap_or_default();
    let words: Vec<&str> = request_line.split(' ').collect();
    let [verb, target, version] = words[..] else { return Err("not three words".to_owned()) };
    ensure(is_token(verb) && verb.len() <= 32 && verb != "CONNECT", "verb")?;
    ensure(version == "HTTP/1.1" || version == "HTTP/1.0", "version")?;
    let is_old = version == "HTTP/1.0";
    let fields = lines.map(read_field).collect::<Result<Vec<_>, _>>()?;
    ensure(fields.len() <= 128, "count")?;
    let by_name = |name: &str| -> Vec<&str> {
        let alike = fields.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
        alike.map(|(_, value)| value.as_str()).collect()
    };
    let (path, query, origin) = read_target(verb, target)?;
    let authority = read_authority(&by_name("host"), origin.as_deref(), is_old)?;
    let body = read_framing(&by_name("content-length"), &by_name("transfer-encoding"), is_old)?;
    let is_empty = body == "None" || body == "Sized(0)";
    ensure(verb != "TRACE" || is_empty, "TRACE with a body")?;
    let expectations = by_name("expect");
    let is_continue = |value: &&str| value.eq_ignore_ascii_case("100-continue");
    ensure(expectations.iter().all(is_continue), "expectation")?;
    let options = read_options(&by_name("connection"))?;
    let closes = options.iter().any(|option| option == "close");
    let persists = options.iter().any(|option| option == "keep-alive");
    Ok(Request {
        verb: verb.to_owned(),
        path,
        query,
        authority,
        fields: fields.iter().map(|(name, value)| (name.clone(), to_bytes(value))).collect(),
        body,
        keeps_alive: !closes && (persists || !is_old),
        expects_continue: !expectations.is_empty() && !is_old && !is_empty,
        len: 0,
    })
}

fn ensure(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

fn to_bytes(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(letter).expect("made from a byte")).collect()
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

fn read_field(line: &str) -> Result<(String, String), String> {
    let (name, value) = line.split_once(':').ok_or("no colon")?;
    ensure(is_token(name), "name")?;
    let is_control = |c: char| (c < ' ' && c != '\t') || c == '\x7f';
    ensure(!value.contains(is_control), "value")?;
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let is_disguised = plain != name.to_ascii_lowercase() && CRITICAL.contains(&plain.as_str());
    ensure(!is_disguised, "disguised name")?;
    Ok((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
}

const CRITICAL: [&str; 30] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "max-forwards",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-amz-apigw-id",
    "x-amzn-apigateway-api-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-api-key",
    "x-apigw-api-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-http-method-override",
];

type Target = (String, Option<String>, Option<String>);

fn read_target(verb: &str, target: &str) -> Result<Target, String> {
    ensure(!target.is_empty() && target.len() <= 10_240, "target length")?;
    let is_fine = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}#".contains(c);
    ensure(target.chars().all(is_fine), "target")?;
    if target == "*" {
        ensure(verb == "OPTIONS", "asterisk")?;
        return Ok(("*".to_owned(), None, None));
    }
    if target.starts_with('/') {
        let (path, query) = split_query(target);
        return Ok((path.to_owned(), query, None));
    }
    let (scheme, rest) = target.split_once("://").ok_or("form")?;
    ensure(scheme.eq_ignore_ascii_case("http"), "scheme")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (path, query) = split_query(&rest[end..]);
    let path = if path.is_empty() { "/" } else { path };
    Ok((path.to_owned(), query, Some(rest[..end].to_owned())))
}

fn split_query(target: &str) -> (&str, Option<String>) {
    match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    }
}

fn read_authority(hosts: &[&str], origin: Option<&str>, is_old: bool) -> Result<String, String> {
    ensure(hosts.len() <= 1, "two hosts")?;
    ensure(is_old || hosts.len() == 1, "no host")?;
    let both: Vec<&str> = hosts.iter().copied().chain(origin).collect();
    let places = both.iter().map(|text| place(text)).collect::<Result<Vec<_>, _>>()?;
    ensure(places.windows(2).all(|pair| pair[0] == pair[1]), "two places")?;
    Ok(both.last().copied().unwrap_or_default().to_ascii_lowercase())
}

/// Host and port of an authority, as a pair that can be compared.
fn place(text: &str) -> Result<(String, u32), String> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            ensure(address.parse::<Ipv6Addr>().is_ok(), "address")?;
            (format!("[{address}]"), rest.to_owned())
        }
        None => {
            let (host, port) = text.split_once(':').map_or((text, None), |(h, p)| (h, Some(p)));
            let is_fine = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            ensure(!host.is_empty() && host.len() <= 253 && host.chars().all(is_fine), "host")?;
            ensure(!host.starts_with('.') && !host.contains(".."), "dots")?;
            (host.to_owned(), port.map(|port| format!(":{port}")).unwrap_or_default())
        }
    };
    let number = match port.strip_prefix(':') {
        None => {
            ensure(port.is_empty(), "behind the host")?;
            80
        }
        Some(digits) => {
            ensure(digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0'), "port")?;
            digits.parse::<u32>().ok().filter(|port| *port <= 65_535).ok_or("port")?
        }
    };
    Ok((host.to_ascii_lowercase(), number))
}

fn read_framing(lengths: &[&str], codings: &[&str], is_old: bool) -> Result<String, String> {
    match (lengths, codings) {
        ([], []) => Ok("None".to_owned()),
        ([length], []) => {
            let number = length.parse::<i64>().ok().filter(|number| number.to_string() == *length);
            let number = number.filter(|number| *number >= 0).ok_or("length")?;
            Ok(format!("Sized({number})"))
        }
        ([], [coding]) if coding.eq_ignore_ascii_case("chunked") && !is_old => {
            Ok("Chunked".to_owned())
        }
        _ => Err("framing".to_owned()),
    }
}

fn read_options(values: &[&str]) -> Result<Vec<String>, String> {
    let joined = values.join(",").to_ascii_lowercase();
    let options: Vec<String> = joined
        .split(',')
        .map(|option| option.trim_matches([' ', '\t']).to_owned())
        .filter(|option| !option.is_empty())
        .collect();
    let names = end_to_end_names();
    for option in &options {
        ensure(is_token(option), "option")?;
        ensure(!names.contains_key(option.as_str()), "nominated")?;
    }
    Ok(options)
}

/// The known names that connections must not nominate.
fn end_to_end_names() -> HashMap<&'static str, ()> {
    let hop_by_hop = [
        "connection",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    let known = tollgate_core::message::KnownName::ALL;
    let names = known.iter().map(|name| name.as_str());
    names.filter(|name| !hop_by_hop.contains(name)).map(|name| (name, ())).collect()
}
