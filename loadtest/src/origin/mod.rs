//! What is an origin that does whatever a test or a benchmark asks of it?
//!
//! The path says what to answer, the query overrides it (see [`Script`]), so a test needs no
//! configuration: `/delay/200`, `/status/503`, `/echo/a?delay=50&status=503`. In plain mode every
//! head is answered with the same 128 bytes and nothing is looked at: the leanest peer a benchmark
//! of a proxy can have.
//!
//! Absent on purpose: TLS, HTTP/2, files, any memory of earlier requests.

mod answer;
mod connection;
mod plain;
mod script;

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::thread::{self, JoinHandle};

use monoio::net::{TcpListener, TcpStream};

use crate::limits;
use crate::net;
use crate::runtime::{self, Driver};

pub use answer::Echo;
pub use script::Script;

/// How to run an origin.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9000")]
    pub listen: SocketAddr,
    /// Threads, each with its own listener on the same port
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub threads: usize,
    /// How to wait for sockets
    #[arg(long, value_enum, default_value_t = Driver::Auto)]
    pub driver: Driver,
    /// Answer every request with the same 128 bytes, for benchmarks
    #[arg(long)]
    pub plain: bool,
}

/// An origin that listens.
#[derive(Debug)]
pub struct Origin {
    /// Where it listens.
    pub address: SocketAddr,
    /// On which driver.
    pub driver: Driver,
    threads: Vec<JoinHandle<io::Result<()>>>,
}

impl Origin {
    /// Listens and starts the threads; they end with the process.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub fn start(options: &Options) -> io::Result<Self> {
        let count = options.threads.clamp(1, limits::THREADS_MAX);
        let listeners = net::listen_many(options.listen, count)?;
        let address = listeners[0].local_addr()?;
        let (driver, is_plain) = (options.driver.resolved(), options.plain);
        let threads = listeners
            .into_iter()
            .map(|listener| thread::spawn(move || serve(listener, driver, is_plain)))
            .collect();
        Ok(Self { address, driver, threads })
    }

    /// Serves until a thread fails.
    ///
    /// # Errors
    /// The driver could not be set up, or accepting failed for good.
    pub fn wait(self) -> io::Result<()> {
        for thread in self.threads {
            thread.join().map_err(|_| io::Error::other("a thread of the origin panicked"))??;
        }
        Ok(())
    }
}

fn serve(listener: StdListener, driver: Driver, is_plain: bool) -> io::Result<()> {
    runtime::block_on(driver, || async move {
        let listener = TcpListener::from_std(listener)?;
        if is_plain {
            accept_all(&listener, plain::serve).await
        } else {
            let answers = answer::Kept::shared();
            accept_all(&listener, |stream| connection::serve(stream, answers.clone())).await
        }
    })?
}

/// Accepts for ever; what fails for one connection costs that connection.
pub(crate) async fn accept_all<F>(
    listener: &TcpListener,
    serve: impl Fn(TcpStream) -> F,
) -> io::Result<()>
where
    F: Future<Output = ()> + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are written whole, so waiting for more to send only costs time.
                let _ = stream.set_nodelay(true);
                monoio::spawn(serve(stream));
            }
            // Out of descriptors: they come back when connections end.
            Err(_) => monoio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}
