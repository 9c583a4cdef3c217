//! How is the admin address served?

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, extract::DefaultBodyLimit};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::door::Door;
use super::metrics;
use super::state::{Readiness, Shared};

/// Connections to the admin address at a time; more wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 64;
/// Bytes of a request's body. Nothing here reads one yet.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Header fields of a request.
const HEADER_COUNT_MAX: usize = 64;
/// How long a head may take to come, which is also how long a connection may idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a connection may last, so that a client that reads slowly holds nothing for good.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(300);

/// Begins to serve on a socket that does not block; needs the admin thread's runtime.
pub(super) fn start(
    listener: std::net::TcpListener,
    shared: Arc<Shared>,
    door: Door,
) -> Result<(), String> {
    let listener = TcpListener::from_std(listener)
        .map_err(|error| format!("the admin address cannot be served: {error}"))?;
    tokio::spawn(serve(listener, shared, door));
    Ok(())
}

/// Accepts connections and answers them until the program ends.
async fn serve(listener: TcpListener, shared: Arc<Shared>, door: Door) {
    let router = router(shared, door);
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    serve_connection(stream, router).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the admin address could not accept a connection");
                // Out of descriptors, most likely: those of others must end first.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADER_COUNT_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // A client that speaks badly or goes away is no news.
    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, connection).await;
}

fn router(shared: Arc<Shared>, door: Door) -> Router {
    Router::new()
        .route("/-/live", get(live))
        .route("/-/ready", get(ready))
        .route("/metrics", get(metrics_text))
        .fallback(not_found)
        .with_state(shared)
        .layer(from_fn_with_state(Arc::new(door), guard))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

async fn guard(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let mut response = match door.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => (StatusCode::FORBIDDEN, refusal.message()).into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The process runs and its admin thread turns.
async fn live() -> &'static str {
    "live\n"
}

/// Requests are welcome here.
async fn ready(State(shared): State<Arc<Shared>>) -> (StatusCode, &'static str) {
    match shared.readiness() {
        Readiness::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting\n"),
        Readiness::Ready => (StatusCode::OK, "ready\n"),
        Readiness::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
    }
}

async fn metrics_text(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], shared.metrics_text())
}

async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "not found; here are /-/live, /-/ready and /metrics\n")
}

#[cfg(test)]
mod tests;
