//! Does a change reach workers, does a bad one not, and does the program end in order?

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;

use super::*;
use crate::admin::certificates::Tls;
use crate::options::{Arguments, Command};
use crate::telemetry::WorkerCounters;

/// A REST API of one method per path.
fn document(paths: &[&str]) -> String {
    let method = r#"{"get": {"responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET",
        "uri": "http://127.0.0.1:8080/"}}}"#;
    let paths: Vec<_> = paths.iter().map(|path| format!("\"{path}\": {method}")).collect();
    let paths = paths.join(",");
    format!(
        r#"{{"openapi": "3.0.1", "info": {{"title": "t", "version": "1"}}, "paths": {{{paths}}}}}"#
    )
}

fn options(file: &Path) -> ServeOptions {
    let line = ["tollgate", "serve", "--kind=rest", file.to_str().expect("a path")];
    match Arguments::try_parse_from(line).map(|arguments| arguments.command) {
        Ok(Command::Serve(options)) => *options,
        other => panic!("{other:?}"),
    }
}

/// The admin thread of a program that serves one path, with its file.
fn started(file: &Path) -> Control {
    std::fs::write(file, document(&["/a"])).expect("written");
    let (options, manner) = (options(file), Manner::default());
    let watch = Watch::new(definitions::stamps(&options.definition));
    let loaded = definitions::load(&options.definition, &manner, None);
    assert_eq!(loaded.problems, []);
    let shared = Arc::new(Shared::new(vec![Arc::new(WorkerCounters::default())]));
    let first = loaded.snapshot.expect("it is valid");
    let publishing = Publishing::start(first, Vec::new(), Arc::clone(&shared), 0);
    let certificates = Tls::load(&options).expect("no files").certificates;
    let files = (&options, manner, watch, certificates);
    Control::new(shared, publishing, files, None).expect("a resolver")
}

/// Lets the admin thread see the files twice, and take what came of reading them.
async fn look(control: &mut Control) {
    control.on_look();
    control.on_look();
    while control.reading != Reading::No {
        let news = control.news.recv().await.expect("a reading is under way");
        control.on_news(news);
    }
}

/// Revision and number of routes that workers see.
fn served(control: &Control) -> (u64, usize) {
    let current = control.publishing.current();
    (current.revision, current.snapshot.stages[0].router.routes().len())
}

#[tokio::test]
async fn an_edit_is_served_once_it_has_settled() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.json");
    let mut control = started(&file);
    assert_eq!(served(&control), (1, 1));
    look(&mut control).await;
    assert_eq!(served(&control), (1, 1), "nothing changed");
    std::fs::write(&file, document(&["/a", "/b"])).expect("written");
    look(&mut control).await;
    assert_eq!(served(&control), (2, 2));
}

#[tokio::test]
async fn a_bad_edit_leaves_what_was_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.json");
    let mut control = started(&file);
    for bad in ["", "{", "{}", "openapi: 3.0.1", r#"{"openapi": "3.0.1", "paths": {"x": {}}}"#] {
        std::fs::write(&file, bad).expect("written");
        look(&mut control).await;
        assert_eq!(served(&control), (1, 1), "{bad}");
    }
    let text = control.shared.metrics_text();
    assert!(text.contains("\ntollgate_reload_failures_total 5\n"), "{text}");
    std::fs::write(&file, document(&["/a", "/b"])).expect("written");
    look(&mut control).await;
    assert_eq!(served(&control), (2, 2));
}

#[tokio::test]
async fn a_hang_up_reads_files_that_did_not_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut control = started(&folder.path().join("a.json"));
    control.on_hang_up();
    control.on_hang_up();
    assert_eq!(control.reading, Reading::NowAndAgain, "two readings never overlap");
    look(&mut control).await;
    assert_eq!(served(&control), (3, 1));
}

#[tokio::test]
async fn stages_that_did_not_change_are_shared() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut control = started(&folder.path().join("a.json"));
    let before = Arc::clone(&control.publishing.current().snapshot.stages[0]);
    control.on_hang_up();
    look(&mut control).await;
    let current = control.publishing.current();
    assert!(Arc::ptr_eq(&before, &current.snapshot.stages[0]));
}

#[tokio::test]
async fn draining_ends_when_the_last_worker_has_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut control = started(&folder.path().join("a.json"));
    let running = Arc::new(AtomicUsize::new(2));
    let (drained, asked) = (Arc::clone(&running), Arc::clone(&running));
    let workers = Workers {
        driver: "epoll",
        drain: Box::new(move || drained.store(0, Ordering::Relaxed)),
        running: Box::new(move || asked.load(Ordering::Relaxed)),
    };
    let leave = Leave { drain_delay: Duration::ZERO, grace_period: Duration::from_secs(60) };
    control.drain(&workers, leave).await;
    assert_eq!(running.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn draining_ends_with_the_grace_period_at_the_latest() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut control = started(&folder.path().join("a.json"));
    let workers = Workers { driver: "epoll", drain: Box::new(|| {}), running: Box::new(|| 1) };
    let leave = Leave { drain_delay: Duration::ZERO, grace_period: Duration::from_millis(1) };
    control.drain(&workers, leave).await;
    assert_eq!((workers.running)(), 1, "what still runs is cut off by the end of the process");
}
