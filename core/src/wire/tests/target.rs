//! Are targets taken apart and refused as they should be?

use crate::message::{Range, Scheme};
use crate::wire::Malformed;
use crate::wire::target::Target;

type Parts<'a> = (&'a str, Option<&'a str>, Option<(Scheme, &'a str)>);

fn check(verb: &str, target: &str, connection: Scheme, expected: Result<Parts<'_>, Malformed>) {
    // Something before the target shows that ranges count from the buffer's start.
    let buffer = format!("{verb} {target}");
    let bytes = buffer.as_bytes();
    let range = Range::new(verb.len() + 1, bytes.len());
    let text = |range: Range| std::str::from_utf8(range.of_bytes(bytes)).unwrap_or("?");
    let parsed = Target::parse(bytes, range, verb.as_bytes(), connection).map(|target| {
        let origin = target.origin.map(|(scheme, authority)| (scheme, text(authority)));
        (text(target.path), target.query.map(text), origin)
    });
    assert_eq!(parsed, expected, "{buffer}");
}

#[test]
fn paths_end_at_the_first_question_mark() {
    let get = |target, expected| check("GET", target, Scheme::Http, Ok(expected));
    get("/", ("/", None, None));
    get("/a/b", ("/a/b", None, None));
    get("/a?", ("/a", Some(""), None));
    get("/a?b?c=/d", ("/a", Some("b?c=/d"), None));
    get("//evil/x", ("//evil/x", None, None));
    get("/http://a/b", ("/http://a/b", None, None));
}

#[test]
fn absolute_targets_give_an_origin() {
    let get = |target, expected| check("GET", target, Scheme::Https, Ok(expected));
    get("http://a.b", ("/", None, Some((Scheme::Http, "a.b"))));
    get("HTTPS://a.b:1/c?d", ("/c", Some("d"), Some((Scheme::Https, "a.b:1"))));
    get("http://a.b?d", ("/", Some("d"), Some((Scheme::Http, "a.b"))));
    get("http:///x", ("/x", None, Some((Scheme::Http, ""))));
    get("http://a/x://y", ("/x://y", None, Some((Scheme::Http, "a"))));
}

#[test]
fn forms_belong_to_their_verbs() {
    check("OPTIONS", "*", Scheme::Http, Ok(("*", None, None)));
    let refuse = |verb, target, malformed| check(verb, target, Scheme::Http, Err(malformed));
    refuse("GET", "*", Malformed::TargetFormNotAllowed);
    refuse("options", "*", Malformed::TargetFormNotAllowed);
    refuse("OPTIONS", "*/", Malformed::TargetFormNotAllowed);
    refuse("OPTIONS", "*?a", Malformed::TargetFormNotAllowed);
    refuse("CONNECT", "a.b:443", Malformed::ConnectNotOffered);
    refuse("CONNECT", "/", Malformed::ConnectNotOffered);
    refuse("GET", "a.b:443", Malformed::TargetFormNotAllowed);
    refuse("GET", "a/b", Malformed::TargetFormNotAllowed);
    refuse("GET", "?a", Malformed::TargetFormNotAllowed);
    refuse("GET", "http:/a", Malformed::TargetFormNotAllowed);
    refuse("GET", "ftp://a/", Malformed::SchemeUnknown);
    refuse("GET", "://a/", Malformed::SchemeUnknown);
    refuse("GET", "x/http://a/", Malformed::SchemeUnknown);
    refuse("GET", "https://a/", Malformed::SchemeNotSecured);
}
