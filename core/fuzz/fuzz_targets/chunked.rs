//! Does the decoder give the naive one's data and end, however the body is cut?

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_core::wire::{ChunkStep, ChunkedDecoder, Malformed};

#[path = "../../tests/oracle/naive_chunks.rs"]
mod naive_chunks;

use naive_chunks::Verdict;

// The first byte says how the rest is cut.
fuzz_target!(|input: &[u8]| {
    let Some((step, bytes)) = input.split_first() else { return };
    let whole = decode(bytes, bytes.len().max(1));
    assert_eq!(whole, decode(bytes, usize::from(*step) + 1));
    match naive_chunks::decode(bytes) {
        Verdict::Ended(data, len) => match whole {
            // These the naive decoder does not count or know.
            Err(
                Malformed::ChunkExtensionsTooLarge
                | Malformed::TrailerForbidden
                | Malformed::TrailersTooLarge,
            ) => {}
            whole => assert_eq!(whole, Ok((data, Some(len)))),
        },
        Verdict::Refused(why) => assert!(whole.is_err(), "{why}"),
        Verdict::Endless => assert!(matches!(whole, Ok((_, None)) | Err(_))),
    }
});

fn decode(bytes: &[u8], step: usize) -> Result<(Vec<u8>, Option<usize>), Malformed> {
    let (mut decoder, mut data, mut used) = (ChunkedDecoder::new(), Vec::new(), 0);
    for piece in bytes.chunks(step) {
        let mut rest = piece;
        while !rest.is_empty() {
            match decoder.push(rest)? {
                ChunkStep::Data(range) => {
                    assert!(!range.is_empty());
                    data.extend_from_slice(&rest[range.clone()]);
                    used += range.end;
                    rest = &rest[range.end..];
                }
                ChunkStep::NeedsMore => {
                    used += rest.len();
                    rest = &[];
                }
                ChunkStep::Done { consumed } => return Ok((data, Some(used + consumed))),
            }
        }
    }
    Ok((data, None))
}
