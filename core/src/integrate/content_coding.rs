//! Does a `Content-Encoding` describe the body that crosses untouched?

/// Codings that change a body's bytes (IANA, HTTP Content Coding Registry), with their aliases.
const CODINGS: [&[u8]; 7] =
    [b"br", b"compress", b"deflate", b"gzip", b"x-compress", b"x-gzip", b"zstd"];

/// Whether a body is encoded as `Content-Encoding` says, so that the field must cross with it.
///
/// The service takes the field off in both directions, because it decodes what it knows before
/// anything else. Here a proxied body crosses untouched: without the field its receiver could
/// not read it. `identity`, and what is no coding, says nothing about the bytes and is dropped.
pub fn is_encoded(content_encoding: &[u8]) -> bool {
    let mut codings = content_encoding.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    codings.any(|coding| CODINGS.iter().any(|known| known.eq_ignore_ascii_case(coding)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codings_that_change_bytes_count() {
        let check = |value: &str, expected| {
            assert_eq!(is_encoded(value.as_bytes()), expected, "{value}");
        };
        for value in ["gzip", "GZIP", "deflate", "br", "zstd", "x-gzip", "identity, gzip"] {
            check(value, true);
        }
        for value in ["", "identity", "utf-8", "gzipped", ","] {
            check(value, false);
        }
    }
}
