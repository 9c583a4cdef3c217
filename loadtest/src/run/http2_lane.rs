//! How does one HTTP/2 connection carry several requests at a time?

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use bytes::Bytes;
use h2::client::SendRequest;
use monoio::time::{sleep, timeout};

use super::duplex::Duplex;
use super::lane::{Answer, Lanes, RETRY};
use super::measure::Failure;
use super::transport::Connection;

/// Bytes that may come before we say that they were taken; large, so that flow control is not
/// what is measured.
const WINDOW_BYTES: u32 = 1 << 20;

/// Asks on one connection after the other until there is nothing more to ask.
pub(super) async fn run(lanes: Rc<Lanes>, mut connection: Option<Connection>) {
    loop {
        let opened = match connection.take() {
            Some(connection) => Some(connection),
            None => lanes.plan.dial.open(&lanes.watch).await.ok(),
        };
        let sender = match opened {
            Some(connection) => begin(&lanes, connection).await,
            None => None,
        };
        let is_over = match sender {
            Some(sender) => ask_until_it_ends(&lanes, sender).await,
            None => note_refusal(&lanes).await,
        };
        if is_over {
            return;
        }
    }
}

/// Agrees on HTTP/2; nothing where the peer does not.
async fn begin(lanes: &Lanes, connection: Connection) -> Option<SendRequest<Bytes>> {
    let handshake = h2::client::Builder::new()
        .initial_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES * 16)
        .enable_push(false)
        .handshake::<_, Bytes>(Duplex::start(connection));
    let (sender, connection) = timeout(lanes.plan.timeout, handshake).await.ok()?.ok()?;
    lanes.count(|measure| measure.connections += 1);
    monoio::spawn(async move {
        // Its end shows in the streams.
        let _ = connection.await;
    });
    Some(sender)
}

/// Counts one request as not connected; whether there are no more.
async fn note_refusal(lanes: &Lanes) -> bool {
    let Some(due) = lanes.next_due().await else { return true };
    lanes.note(due, due, Err(Failure::Connect));
    sleep(RETRY).await;
    false
}

/// Asks on all streams until the connection is spent or broken; whether there are no more requests.
async fn ask_until_it_ends(lanes: &Rc<Lanes>, sender: SendRequest<Bytes>) -> bool {
    let left = Rc::new(Cell::new(lanes.plan.requests_per_connection.unwrap_or(u64::MAX)));
    let streams: Vec<_> = (0..lanes.plan.streams)
        .map(|_| monoio::spawn(ask_on_stream(lanes.clone(), sender.clone(), left.clone())))
        .collect();
    drop(sender);
    let mut is_over = false;
    for stream in streams {
        is_over |= stream.await;
    }
    is_over
}

/// Asks one request after the other; whether it ended because there are no more.
async fn ask_on_stream(
    lanes: Rc<Lanes>,
    mut sender: SendRequest<Bytes>,
    left: Rc<Cell<u64>>,
) -> bool {
    loop {
        // Before a request is taken, so that a dead connection does not cost one.
        sender = match sender.ready().await {
            Ok(sender) => sender,
            Err(_) => return false,
        };
        if left.get() == 0 {
            return false;
        }
        left.set(left.get() - 1);
        let Some(due) = lanes.next_due().await else { return true };
        let sent = Instant::now();
        let asked = timeout(lanes.plan.timeout, exchange(&lanes, &mut sender)).await;
        let result = asked.unwrap_or(Err(Failure::TimedOut));
        let is_lost = matches!(result, Err(Failure::Closed));
        lanes.note(due, sent, result);
        if is_lost {
            return false;
        }
    }
}

async fn exchange(lanes: &Lanes, sender: &mut SendRequest<Bytes>) -> Result<Answer, Failure> {
    let request = lanes.plan.http2_request.clone().ok_or(Failure::Malformed)?;
    let body = lanes.plan.body.clone();
    let (response, mut stream) =
        sender.send_request(request, body.is_empty()).map_err(|error| failure(&error))?;
    if !body.is_empty() {
        stream.send_data(body, true).map_err(|error| failure(&error))?;
    }
    let response = response.await.map_err(|error| failure(&error))?;
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut bytes = 0;
    while let Some(data) = body.data().await {
        let data = data.map_err(|error| failure(&error))?;
        bytes += data.len() as u64;
        body.flow_control().release_capacity(data.len()).map_err(|error| failure(&error))?;
    }
    Ok(Answer { status, bytes })
}

fn failure(error: &h2::Error) -> Failure {
    if error.is_io() || error.is_go_away() || error.is_reset() {
        Failure::Closed
    } else {
        Failure::Malformed
    }
}
