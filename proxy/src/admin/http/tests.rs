//! Does the admin address answer over a real socket, and only whom it may?

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::telemetry::WorkerCounters;

use super::*;

/// Serves on a port of the kernel's choice and sends one request for each text.
async fn ask(shared: &Arc<Shared>, requests: &[&str]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(serve(listener, Arc::clone(shared), Door::new([])));
    let mut answers = Vec::new();
    for request in requests {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answers.push(answer);
    }
    server.abort();
    answers
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

fn shared() -> Arc<Shared> {
    Arc::new(Shared::new(vec![Arc::new(WorkerCounters::default())]))
}

#[tokio::test]
async fn readiness_follows_the_life_of_the_program() {
    let shared = shared();
    for (readiness, status, text) in [
        (Readiness::Starting, "503", "starting"),
        (Readiness::Ready, "200", "ready"),
        (Readiness::Draining, "503", "draining"),
    ] {
        shared.set_readiness(readiness);
        let answers = ask(&shared, &[&get("/-/ready"), &get("/-/live")]).await;
        assert!(answers[0].starts_with(&format!("HTTP/1.1 {status} ")), "{}", answers[0]);
        assert!(answers[0].ends_with(&format!("{text}\n")), "{}", answers[0]);
        assert!(answers[1].starts_with("HTTP/1.1 200 "), "{}", answers[1]);
    }
}

#[tokio::test]
async fn metrics_are_prometheus_text() {
    let answers = ask(&shared(), &[&get("/metrics")]).await;
    assert!(answers[0].contains("content-type: text/plain; version=0.0.4"), "{}", answers[0]);
    assert!(answers[0].contains("\ntollgate_workers 1\n"), "{}", answers[0]);
}

#[tokio::test]
async fn other_paths_verbs_and_hosts_are_refused() {
    let answers = ask(
        &shared(),
        &[
            &get("/"),
            "POST /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n",
            "GET /metrics HTTP/1.0\r\n\r\n",
        ],
    )
    .await;
    let statuses: Vec<_> = answers.iter().map(|answer| &answer[9..12]).collect();
    assert_eq!(statuses, ["404", "405", "403", "403", "403"]);
    assert!(answers.iter().all(|answer| !answer.contains("tollgate_workers")));
}

#[tokio::test]
async fn oversized_heads_are_refused() {
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: 1\r\n".repeat(100));
    let answers = ask(&shared(), &[&long, &many]).await;
    assert!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 431 ")), "{answers:?}");
}
