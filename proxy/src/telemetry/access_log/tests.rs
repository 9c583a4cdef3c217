//! Does every record reach its file, or is it counted?

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tollgate_core::snapshot::Snapshot;
use tollgate_core::time::Now;

use super::*;
use crate::publication::Published;
use crate::telemetry::WorkerCounters;

const PATIENCE: Duration = Duration::from_secs(10);

fn published(revision: u64) -> Arc<Published> {
    let snapshot = Arc::new(Snapshot::empty());
    Arc::new(Published { revision, snapshot, targets: Vec::new(), stage_slots: Vec::new() })
}

/// A line says under which publication the record was made, and the record.
fn render(published: &Published, record: &[u8], lines: &mut Vec<u8>) {
    lines.extend_from_slice(format!("{} ", published.revision).as_bytes());
    lines.extend_from_slice(record);
    lines.push(b'\n');
}

fn start(path: &Path) -> (LogThread, AccessLog, Arc<WorkerCounters>) {
    let counters = Arc::new(WorkerCounters::default());
    let sink = Sink::file(path.to_owned()).expect("a file");
    let (thread, mut logs) =
        LogThread::start(&[Arc::clone(&counters)], sink, render).expect("a thread");
    (thread, logs.remove(0), counters)
}

fn append(log: &mut AccessLog, published: &Arc<Published>, text: &str) {
    log.append(published, |bytes| bytes.extend_from_slice(text.as_bytes()));
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

#[test]
fn records_are_rendered_with_the_publication_they_began_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("access.log");
    let (thread, mut log, _) = start(&path);
    let (old, new) = (published(1), published(2));
    append(&mut log, &old, "a");
    append(&mut log, &new, "");
    append(&mut log, &old, "c");
    append(&mut log, &old, "d");
    log.flush();
    assert!(thread.stop(PATIENCE).is_some());
    assert_eq!(read(&path), "1 a\n2 \n1 c\n1 d\n");
    assert_eq!(Arc::strong_count(&old), 1, "the log holds no publication longer than it must");
}

#[test]
fn full_batches_are_handed_over_at_once_and_used_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("access.log");
    let (thread, mut log, counters) = start(&path);
    let published = published(1);
    for number in 0..20_000 {
        append(&mut log, &published, &format!("{number:0>100}"));
    }
    log.flush();
    assert!(thread.stop(PATIENCE).is_some());
    let dropped = counters.log_records_dropped.value();
    let lines = read(&path).lines().count() as u64;
    assert_eq!(lines + dropped, 20_000);
}

#[test]
fn records_wait_at_most_until_a_tick_is_due() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("access.log");
    let (thread, mut log, _) = start(&path);
    append(&mut log, &published(1), "a");
    log.on_tick(Now { monotonic_us: 50_000, unix_ms: 0 });
    log.on_tick(Now { monotonic_us: 150_000, unix_ms: 0 });
    append(&mut log, &published(1), "not handed over");
    log.on_tick(Now { monotonic_us: 200_000, unix_ms: 0 });
    assert!(thread.stop(PATIENCE).is_some());
    assert_eq!(read(&path), "1 a\n");
}

#[test]
fn what_a_stalled_writer_cannot_take_is_counted_as_dropped() {
    let counters = Arc::new(WorkerCounters::default());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("access.log");
    let (go_on, gate) = mpsc::channel::<()>();
    let stalling = move |published: &Published, record: &[u8], lines: &mut Vec<u8>| {
        // Waits for the test the first time; later the channel is closed and it goes on at once.
        let _ = gate.recv();
        render(published, record, lines);
    };
    let sink = Sink::file(path.clone()).expect("a file");
    let (thread, mut logs) =
        LogThread::start(&[Arc::clone(&counters)], sink, stalling).expect("a thread");
    let (log, published) = (&mut logs[0], published(1));
    for _ in 0..1_000 {
        append(log, &published, "a");
        log.flush();
    }
    let dropped = counters.log_records_dropped.value();
    assert!((1..1_000).contains(&dropped), "{dropped}");
    drop(go_on);
    let written = read_after_stop(thread, &path);
    assert_eq!(written + dropped, 1_000);
}

fn read_after_stop(thread: LogThread, path: &Path) -> u64 {
    assert!(thread.stop(PATIENCE).is_some());
    read(path).lines().count() as u64
}

#[test]
fn a_file_that_was_moved_away_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, moved) = (folder.path().join("access.log"), folder.path().join("access.log.1"));
    let mut sink = Sink::file(path.clone()).expect("a file");
    sink.write(b"one\n").expect("written");
    std::fs::rename(&path, &moved).expect("moved");
    sink.write(b"two\n").expect("written");
    sink.reopen().expect("opened");
    sink.write(b"three\n").expect("written");
    assert_eq!(read(&moved), "one\ntwo\n");
    assert_eq!(read(&path), "three\n");
}

#[test]
fn the_thread_reopens_its_file_when_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, moved) = (folder.path().join("access.log"), folder.path().join("access.log.1"));
    let (thread, mut log, _) = start(&path);
    std::fs::rename(&path, &moved).expect("moved");
    thread.reopen();
    append(&mut log, &published(1), "a");
    log.flush();
    assert!(thread.stop(PATIENCE).is_some());
    assert_eq!(read(&path), "1 a\n");
    assert_eq!(read(&moved), "");
}

#[test]
fn records_that_the_file_does_not_take_are_counted_as_lost() {
    let counters = Arc::new(WorkerCounters::default());
    let sink = Sink::file("/dev/full".into()).expect("every Linux has it");
    let (thread, mut logs) =
        LogThread::start(&[Arc::clone(&counters)], sink, render).expect("a thread");
    append(&mut logs[0], &published(1), "a");
    append(&mut logs[0], &published(1), "b");
    logs[0].flush();
    assert_eq!(thread.stop(PATIENCE), Some(LogCounters { written: 0, lost: 2 }));
}

#[test]
fn a_file_that_cannot_be_opened_is_an_error() {
    assert!(Sink::file("/proc/nowhere/access.log".into()).is_err());
}
