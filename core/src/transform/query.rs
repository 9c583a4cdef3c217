//! Which names and values does a query hold?

use super::escaped::decode_form;

/// The parts of a query, still encoded: names, and values without `=`.
///
/// "`;` splits data": AWS takes it for a separator beside `&`. Empty parts are skipped.
pub fn pairs(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query.split(|byte| matches!(byte, b'&' | b';')).filter(|part| !part.is_empty()).map(|part| {
        match memchr::memchr(b'=', part) {
            Some(at) => (&part[..at], &part[at + 1..]),
            None => (part, &part[part.len()..]),
        }
    })
}

/// The encoded values that a name, given decoded, has. Names are case-sensitive.
pub fn values<'a>(query: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    pairs(query).filter(move |(encoded, _)| is_name(encoded, name)).map(|(_, value)| value)
}

/// Whether an encoded name is `name` when decoded.
pub fn is_name(encoded: &[u8], name: &[u8]) -> bool {
    if memchr::memchr2(b'%', b'+', encoded).is_none() {
        return encoded == name;
    }
    // Only names that are spelled unusually come here; each triplet shrinks, so the bound is
    // that of the query itself.
    let mut decoded = Vec::with_capacity(encoded.len());
    decode_form(encoded, &mut decoded);
    decoded == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_name_come_in_order() {
        let check = |query: &str, name: &str, expected: &[&str]| {
            let found: Vec<_> = values(query.as_bytes(), name.as_bytes())
                .map(|value| std::str::from_utf8(value).expect("ASCII"))
                .collect();
            assert_eq!(found, expected, "{name} in {query}");
        };
        check("a=1&b=2&a=3", "a", &["1", "3"]);
        check("a=1;a=2", "a", &["1", "2"]);
        check("a&a=&a==", "a", &["", "", "="]);
        check("A=1", "a", &[]);
        check("%61=1&a+b=2", "a", &["1"]);
        check("a+b=2&a%20b=3", "a b", &["2", "3"]);
        check("&&", "", &[]);
        check("=x", "", &["x"]);
    }
}
