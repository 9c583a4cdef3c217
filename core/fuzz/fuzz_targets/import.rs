//! Does every document give an answer?

#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_core::manage::import_never_panics;

fuzz_target!(|bytes: &[u8]| import_never_panics(bytes));
