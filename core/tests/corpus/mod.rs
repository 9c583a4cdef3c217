//! Is each malformed or ambiguous request of the collection refused, however its bytes arrive?
//!
//! The cases are data, one per line: `expected :: what it is :: bytes`. Expected is a status and
//! the reason, or `wait` where more must come, or what the request is taken for: verb, target, authority and
//! body, then `+` and the bytes left over. `\r \n \t \0 \xHH \\` are bytes; `{G}` and `{P}` begin
//! a GET and a POST, `{C}` is a POST up to its chunks, `{E}` ends a head, `{x*9}` repeats.

mod peer;

use peer::Peer;

const COLLECTIONS: [(&str, &str); 8] = [
    ("accepted", include_str!("accepted.txt")),
    ("chunks", include_str!("chunks.txt")),
    ("connection", include_str!("connection.txt")),
    ("fields", include_str!("fields.txt")),
    ("framing", include_str!("framing.txt")),
    ("host", include_str!("host.txt")),
    ("request_line", include_str!("request_line.txt")),
    ("sizes", include_str!("sizes.txt")),
];

/// Above this many bytes a case is not cut at every place, only at some.
const CUT_EVERYWHERE_BYTES_MAX: usize = 1_000;

struct Case<'a> {
    expected: &'a str,
    title: &'a str,
    bytes: Vec<u8>,
}

pub(crate) fn requests() -> Vec<Vec<u8>> {
    COLLECTIONS.iter().flat_map(|(_, text)| cases(text)).map(|case| case.bytes).collect()
}

fn cases(text: &str) -> impl Iterator<Item = Case<'_>> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(|line| {
        let mut columns = line.splitn(3, " :: ");
        let mut column = || columns.next().unwrap_or_else(|| panic!("three columns: {line}"));
        Case { expected: column().trim(), title: column().trim(), bytes: bytes_of(column()) }
    })
}

fn bytes_of(text: &str) -> Vec<u8> {
    let text = text
        .replace("{G}", "GET / HTTP/1.1\\r\\nHost: a\\r\\n")
        .replace("{P}", "POST / HTTP/1.1\\r\\nHost: a\\r\\n")
        .replace("{C}", "POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n")
        .replace("{E}", "\\r\\n\\r\\n");
    let mut bytes = Vec::new();
    let mut rest = text.as_str();
    while let Some(letter) = rest.chars().next() {
        rest = match letter {
            '\\' => unescape(&rest[1..], &mut bytes),
            '{' => repeat(rest, &mut bytes),
            _ => {
                bytes.extend_from_slice(&rest.as_bytes()[..letter.len_utf8()]);
                &rest[letter.len_utf8()..]
            }
        };
    }
    bytes
}

fn unescape<'a>(rest: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let (byte, len) = match rest.as_bytes()[0] {
        b'r' => (b'\r', 1),
        b'n' => (b'\n', 1),
        b't' => (b'\t', 1),
        b'0' => (0, 1),
        b'x' => (u8::from_str_radix(&rest[1..3], 16).expect("two hexadecimal digits"), 3),
        other => (other, 1),
    };
    bytes.push(byte);
    &rest[len..]
}

/// `{text*9}`; any other brace stands for itself.
fn repeat<'a>(rest: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let parts = rest[1..].split_once('}').and_then(|(inside, rest)| {
        let (text, times) = inside.rsplit_once('*')?;
        Some((bytes_of(text), times.parse().ok()?, rest))
    });
    let Some((text, times, rest)) = parts else {
        bytes.push(b'{');
        return &rest[1..];
    };
    bytes.extend(text.repeat(times));
    rest
}

/// Shows each case to a peer in every way that `cuts` gives, and lists what comes out otherwise
/// than expected.
fn check_all(cuts: impl Fn(usize) -> Vec<Vec<usize>>) {
    let mut surprises = Vec::new();
    for (name, text) in COLLECTIONS {
        for case in cases(text) {
            for cuts in cuts(case.bytes.len()) {
                let answer = Peer::verdict(&pieces(&case.bytes, &cuts));
                if answer != case.expected {
                    let Case { expected, title, .. } = &case;
                    surprises
                        .push(format!("{name}: {title}: {answer} and not {expected} {cuts:?}"));
                    break;
                }
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// `bytes` cut before each of these positions.
fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([bytes.len()]);
    starts.zip(ends).map(|(start, end)| &bytes[start..end]).collect()
}

#[test]
fn every_case_gets_its_answer_whole() {
    check_all(|_| vec![Vec::new()]);
}

#[test]
fn every_case_gets_its_answer_byte_by_byte() {
    check_all(|len| vec![(1..len).collect()]);
}

#[test]
fn every_case_gets_its_answer_cut_anywhere() {
    check_all(|len| {
        let step = if len > CUT_EVERYWHERE_BYTES_MAX { len / 61 } else { 1 };
        (1..len).step_by(step).map(|cut| vec![cut]).collect()
    });
}

#[test]
fn the_collection_is_large_and_without_doubles() {
    let mut all = requests();
    assert!(all.len() >= 350, "{} cases", all.len());
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count, "some bytes are in the collection twice");
}
