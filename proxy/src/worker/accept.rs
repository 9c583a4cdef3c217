//! Who comes in, and who is turned away at the door?

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use monoio::io::{CancelHandle, Canceller};
use monoio::net::TcpStream;

use crate::admin::Held;
use crate::certificates::ServerTls;
use crate::connection;
use crate::local::Local;
use crate::net::{Driver, Socket};

/// How long a worker waits after the kernel ran out of descriptors or memory.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(20);

/// The answer to a client that comes while the worker is full: short, ready, and final.
const OVERLOADED: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    Content-Type: application/json\r\n\
    Content-Length: 33\r\n\
    Retry-After: 1\r\n\
    Connection: close\r\n\r\n\
    {\"message\":\"Service Unavailable\"}";

/// A listening socket of one worker.
pub(super) struct Listening {
    socket: TcpListener,
    held: Held,
    local: Rc<Local>,
    tls: Option<Arc<ServerTls>>,
    accepting: Canceller,
}

impl Listening {
    /// Begins to accept from `socket`.
    pub(super) fn start(
        (socket, held): (TcpListener, Held),
        tls: Option<Arc<ServerTls>>,
        local: Rc<Local>,
    ) -> io::Result<Self> {
        // io_uring does not wait on sockets marked non-blocking, and epoll must not block on others.
        socket.set_nonblocking(Driver::current() == Driver::Epoll)?;
        let listener = monoio::net::TcpListener::from_std(socket.try_clone()?)?;
        let accepting = Canceller::new();
        let (accept, stop) = ((tls.clone(), Rc::clone(&local)), accepting.handle());
        monoio::spawn(accept_until_stopped(listener, accept, stop));
        Ok(Self { socket, held, local, tls, accepting })
    }

    /// Accepts no more. A pending accept is never dropped, which could lose a connection that has
    /// just arrived.
    pub(super) fn stop(self) {
        match self.held {
            Held::Alone => self.close_queue(),
            // Whoever waits in the queue is for the next process. Shut down, the socket would be
            // dead for the service manager and for the workers that still accept.
            Held::WithServiceManager => drop(self.accepting.cancel()),
        }
    }

    /// Takes what already waits in the queue, then ends the pending accept.
    fn close_queue(&self) {
        // The queue is emptied by plain system calls; whoever connects from here on is refused.
        if self.socket.set_nonblocking(true).is_ok() {
            while let Ok((stream, peer)) = self.socket.accept() {
                self.admit_waiting(stream, peer);
            }
        }
        Socket::of_fd(self.socket.as_raw_fd()).shut_reading();
    }

    fn admit_waiting(&self, stream: std::net::TcpStream, peer: SocketAddr) {
        let adopted = stream
            .set_nonblocking(Driver::current() == Driver::Epoll)
            .and_then(|()| TcpStream::from_std(stream));
        if let Ok(stream) = adopted {
            admit(stream, peer, self.tls.as_ref(), &self.local);
        }
    }
}

async fn accept_until_stopped(
    listener: monoio::net::TcpListener,
    (tls, local): (Option<Arc<ServerTls>>, Rc<Local>),
    stop: CancelHandle,
) {
    loop {
        match listener.cancelable_accept(stop.clone()).await {
            Ok((stream, peer)) => admit(stream, peer, tls.as_ref(), &local),
            Err(_) if local.is_draining() => return,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                local.telemetry.counters.accept_failed.add(1);
                tracing::warn!(%error, "connections cannot be accepted at the moment");
                monoio::time::sleep(EXHAUSTED_PAUSE).await;
            }
        }
    }
}

/// Whether an accept failed for the connection it was about, not for the listener (accept(2)).
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

fn admit(stream: TcpStream, peer: SocketAddr, tls: Option<&Arc<ServerTls>>, local: &Rc<Local>) {
    local.telemetry.counters.connections_accepted.add(1);
    if local.connections() >= local.bounds.connections_max {
        turn_away(&stream, tls.is_some(), local);
        return;
    }
    // An answer is written whole, so waiting for more to send only delays its last segment.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    monoio::spawn(connection::serve(stream, peer, tls.cloned(), Rc::clone(local)));
}

fn turn_away(stream: &TcpStream, is_tls: bool, local: &Local) {
    local.telemetry.counters.connections_refused.add(1);
    if !is_tls {
        Socket::of(stream).send_now(OVERLOADED);
    }
}
