//! Which names and values would end their line in HTTP/1.1, or are not clean?

use super::{SMUGGLED, Variant, with};

/// Names that are no lower-case tokens.
pub(super) fn names() -> Vec<Variant> {
    let mut names: Vec<String> = [
        "",
        " ",
        "x a",
        " x",
        "x ",
        "x\t",
        "x:",
        "x:y",
        "x: y",
        "x\r",
        "x\n",
        "x\r\n",
        "x\r\ny",
        "x\n y",
        "x\0",
        "\0x",
        "X",
        "x-Y",
        "CONTENT-LENGTH",
        "Transfer-Encoding",
        "Host",
        "x\u{7f}",
        "x\u{80}",
        "x\u{e9}",
        "x,y",
        "x;y",
        "x=y",
        "x(y)",
        "x[y]",
        "x{y}",
        "x<y>",
        "x@y",
        "x\\y",
        "x/y",
        "x?y",
        "x\"y\"",
        "\u{b}x",
        "x\u{c}",
        "transfer-encoding ",
        " transfer-encoding",
        "transfer-encoding\t",
        "content-length ",
        "content-length\0",
        "transfer-encoding:chunked",
        "host ",
        "x: y\r\nhost: evil\r\nz",
        ":",
        ":x",
        "::method",
        "content_length",
        "transfer_encoding",
        "content.length",
        "x_forwarded_for",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push(format!("x: y\r\n\r\n{SMUGGLED}z"));
    names.iter().map(|name| with(name, "chunked")).collect()
}

/// Values that would end their line, or are not clean.
pub(super) fn values() -> Vec<Variant> {
    let smuggled = format!("a\r\n\r\n{SMUGGLED}");
    let values: [&[u8]; 22] = [
        b"a\r\nhost: evil",
        b"a\nhost: evil",
        b"a\rhost: evil",
        b"a\r\n",
        b"\r\na",
        b"a\n",
        b"\na",
        b"a\r",
        b"\ra",
        b"a\0b",
        b"\0",
        b"a\0",
        b"a\x01",
        b"a\x0bb",
        b"a\x0cb",
        b"a\x1b[2J",
        b"a\x7f",
        b" a",
        b"a ",
        b"\ta",
        b"a\t",
        smuggled.as_bytes(),
    ];
    let mut variants: Vec<Variant> = Vec::new();
    for name in ["x-a", "user-agent", "cookie"] {
        variants.extend(values.iter().map(|value| with(name, value)));
    }
    variants
}
