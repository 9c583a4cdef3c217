//! Do both machines agree on a response, however it is cut?

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_core::message::{BodyLength, ResponseHead, Verb};
use tollgate_core::wire::{HeadScanner, Malformed, Parsed, parse_response};

// The first byte says how the rest is cut, and which verb was asked with.
fuzz_target!(|input: &[u8]| {
    let Some((step, bytes)) = input.split_first() else { return };
    let is_head = step % 2 == 1;
    let verb = if is_head { Verb::Head } else { Verb::Get };
    let mut head = ResponseHead::default();
    let verdict = parse_response(bytes, verb, &mut head);
    assert_ne!(verdict, Err(Malformed::Disputed));
    let scanned = scan(bytes, usize::from(*step) + 1);
    match verdict {
        Ok(Parsed::Complete) => {
            assert_eq!(scanned, Ok(Some(head.len)));
            assert!((100..=999).contains(&head.status));
            assert!(!(head.keeps_alive && head.body == BodyLength::UntilEnd));
            assert!(head.body == BodyLength::None || !is_head);
            let end = head.reason.end();
            assert_eq!(&bytes[end..end + 2], b"\r\n");
        }
        Ok(Parsed::Partial) => assert_eq!(scanned, Ok(None)),
        Err(malformed) => assert!(matches!(scanned, Ok(Some(_))) || scanned == Err(malformed)),
    }
});

fn scan(bytes: &[u8], step: usize) -> Result<Option<usize>, Malformed> {
    let mut scanner = HeadScanner::for_response();
    for end in (0..bytes.len()).step_by(step).chain([bytes.len()]) {
        if let Some(len) = scanner.push(&bytes[..end])? {
            return Ok(Some(len));
        }
    }
    Ok(None)
}
