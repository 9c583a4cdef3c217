//! Is a path normalised once and for all?

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_core::locate::normalise;

fuzz_target!(|path: &[u8]| {
    let (mut scratch, mut again) = (Vec::new(), Vec::new());
    let Ok(normal) = normalise(path, &mut scratch) else { return };
    assert_eq!(normal.first(), Some(&b'/'));
    assert!(!normal.split(|byte| *byte == b'/').any(|segment| segment == b"." || segment == b".."));
    assert_eq!(normalise(normal, &mut again), Ok(normal));
});
