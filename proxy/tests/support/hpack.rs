//! How are HTTP/2 field sections written byte by byte, and read back?

use std::collections::VecDeque;
use std::sync::OnceLock;

use super::huffman::CODES;

/// A field: name and value.
pub(crate) type Field = (Vec<u8>, Vec<u8>);

/// Writes fields as literals without indexing and without Huffman code, which can say anything.
pub(crate) fn encode(fields: &[(impl AsRef<[u8]>, impl AsRef<[u8]>)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        literal(0x00, name.as_ref(), value.as_ref(), &mut block);
    }
    block
}

/// Writes one literal with a new name; `kind` is 0x00 (not indexed), 0x10 (never) or 0x40 (indexed).
pub(crate) fn literal(kind: u8, name: &[u8], value: &[u8], block: &mut Vec<u8>) {
    block.push(kind);
    string(name, block);
    string(value, block);
}

fn string(text: &[u8], block: &mut Vec<u8>) {
    integer(text.len(), 7, 0, block);
    block.extend_from_slice(text);
}

/// Writes a number behind the upper bits `mark` (RFC 7541 §5.1).
pub(crate) fn integer(mut number: usize, prefix_bits: u8, mark: u8, block: &mut Vec<u8>) {
    let most = (1 << prefix_bits) - 1;
    if number < most {
        block.push(mark | number as u8);
        return;
    }
    block.push(mark | most as u8);
    number -= most;
    while number >= 128 {
        block.push((number % 128) as u8 | 128);
        number /= 128;
    }
    block.push(number as u8);
}

/// Reads what a server sent; keeps its dynamic table.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    table: VecDeque<Field>,
}

impl Decoder {
    /// Reads one whole block.
    pub(crate) fn decode(&mut self, block: &[u8]) -> Option<Vec<Field>> {
        let mut rest = block;
        let mut fields = Vec::new();
        while let Some(first) = rest.first().copied() {
            if first & 0x80 != 0 {
                let index = take_integer(&mut rest, 7)?;
                fields.push(self.entry(index)?);
            } else if first & 0xe0 == 0x20 {
                if take_integer(&mut rest, 5)? == 0 {
                    self.table.clear();
                }
            } else {
                let is_indexed = first & 0x40 != 0;
                let index = take_integer(&mut rest, if is_indexed { 6 } else { 4 })?;
                let name = match index {
                    0 => take_string(&mut rest)?,
                    index => self.entry(index)?.0,
                };
                let field = (name, take_string(&mut rest)?);
                if is_indexed {
                    self.insert(field.clone());
                }
                fields.push(field);
            }
        }
        Some(fields)
    }

    fn entry(&self, index: usize) -> Option<Field> {
        match index.checked_sub(1)? {
            index if index < STATIC.len() => {
                let (name, value) = STATIC[index];
                Some((name.into(), value.into()))
            }
            index => self.table.get(index - STATIC.len()).cloned(),
        }
    }

    /// Entries are dropped by size (RFC 7541 §4.1), at the default of 4,096 bytes.
    fn insert(&mut self, field: Field) {
        self.table.push_front(field);
        let size = |(name, value): &Field| name.len() + value.len() + 32;
        while self.table.iter().map(size).sum::<usize>() > 4096 {
            self.table.pop_back();
        }
    }
}

fn take_integer(rest: &mut &[u8], prefix_bits: u8) -> Option<usize> {
    let most = (1 << prefix_bits) - 1;
    let mut number = usize::from(take_byte(rest)?) & most;
    if number < most {
        return Some(number);
    }
    let mut shift = 0;
    loop {
        let byte = take_byte(rest)?;
        number += usize::from(byte & 127) << shift;
        shift += 7;
        if byte & 128 == 0 {
            return Some(number);
        }
    }
}

fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    Some(*first)
}

fn take_string(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let is_huffman = rest.first()? & 0x80 != 0;
    let len = take_integer(rest, 7)?;
    let (text, tail) = rest.split_at_checked(len)?;
    *rest = tail;
    Some(if is_huffman { from_huffman(text) } else { text.to_vec() })
}

fn from_huffman(text: &[u8]) -> Vec<u8> {
    static BYTES: OnceLock<std::collections::HashMap<(u32, u8), u8>> = OnceLock::new();
    let bytes =
        BYTES.get_or_init(|| CODES.iter().zip(0..=255).map(|(code, byte)| (*code, byte)).collect());
    let (mut decoded, mut code, mut len) = (Vec::new(), 0_u32, 0_u8);
    for bit in text.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)) {
        code = code << 1 | u32::from(bit);
        len += 1;
        if let Some(byte) = bytes.get(&(code, len)) {
            decoded.push(*byte);
            (code, len) = (0, 0);
        }
    }
    decoded
}

/// RFC 7541, appendix A.
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];
