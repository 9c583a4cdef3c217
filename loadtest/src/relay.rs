//! What does it cost to carry bytes from one socket to another, without any HTTP?
//!
//! The physical limit of a proxy on this machine: the record of a benchmark shows it beside the
//! proxies, so that nobody asks of them what the kernel does not give.

use std::io;
use std::net::SocketAddr;

use monoio::buf::IoBuf;
use monoio::io::{AsyncReadRent, AsyncWriteRent, AsyncWriteRentExt, Splitable};
use monoio::net::{TcpListener, TcpStream};

use crate::limits::READ_BYTES;
use crate::net;
use crate::origin::accept_all;
use crate::runtime::{self, Driver};

/// How to run a relay.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9100")]
    pub listen: SocketAddr,
    /// Where each connection is carried to
    #[arg(long, value_name = "ADDR")]
    pub to: SocketAddr,
    /// How to wait for sockets
    #[arg(long, value_enum, default_value_t = Driver::Auto)]
    pub driver: Driver,
}

/// Relays on this thread for ever; `on_listening` hears the address first.
///
/// # Errors
/// The address cannot be bound, or the driver cannot be set up.
pub fn serve(options: &Options, on_listening: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let listener = net::listen(options.listen)?;
    on_listening(listener.local_addr()?);
    let to = options.to;
    runtime::block_on(options.driver, || async move {
        let listener = TcpListener::from_std(listener)?;
        accept_all(&listener, |stream| relay(stream, to)).await
    })?
}

async fn relay(client: TcpStream, to: SocketAddr) {
    let Ok(upstream) = TcpStream::connect_addr(to).await else { return };
    let _ = upstream.set_nodelay(true);
    let (client_reader, client_writer) = client.into_split();
    let (upstream_reader, upstream_writer) = upstream.into_split();
    monoio::spawn(carry(upstream_reader, client_writer));
    carry(client_reader, upstream_writer).await;
}

/// Carries one direction; its end is passed on, so that half-closed connections stay so.
async fn carry(mut from: impl AsyncReadRent, mut to: impl AsyncWriteRent) {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let (result, filled) = from.read(buffer).await;
        let Ok(count @ 1..) = result else { break };
        let (result, slice) = to.write_all(filled.slice(..count)).await;
        if result.is_err() {
            break;
        }
        buffer = slice.into_inner();
    }
    let _ = to.shutdown().await;
}
