//! Is the verdict the same however the bytes are cut into packets?

use super::{Bench, Case, all_cases, chunks, framing};
use crate::support::byte_by_byte_client;
use crate::support::is_long;

#[test]
fn a_refusal_does_not_depend_on_where_packets_end() {
    let bench = Bench::start();
    let step = if is_long() { 1 } else { 9 };
    let mut faults = Vec::new();
    for case in all_cases().iter().filter(|case| case.request.len() < 1_000).step_by(step) {
        faults.extend(bench.fault_of(case, |client, bytes| {
            let _ = byte_by_byte_client::send(client, bytes);
        }));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_refusal_does_not_depend_on_where_one_cut_is() {
    let bench = Bench::start();
    let picked: Vec<Case> = [framing::cases(), chunks::cases()]
        .concat()
        .into_iter()
        .filter(|case| case.request.len() < 160)
        .step_by(if is_long() { 3 } else { 40 })
        .collect();
    assert!(picked.len() >= 3);
    let mut faults = Vec::new();
    for case in &picked {
        for position in 1..case.request.len() {
            faults.extend(bench.fault_of(case, |client, bytes| {
                let (first, second) = bytes.split_at(position);
                let _ = client.try_send(first);
                std::thread::yield_now();
                let _ = client.try_send(second);
            }));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
