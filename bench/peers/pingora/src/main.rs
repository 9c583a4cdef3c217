//! What does the same proxy cost when it is written with pingora?
//!
//! `pingora-peer --listen HOST:PORT --to HOST:PORT [--cert FILE --key FILE]`: everything is carried
//! to one origin with keep-alive; `/mock` is answered here. One worker thread, no logs.

use std::error::Error;

use async_trait::async_trait;
use bytes::Bytes;
use pingora::http::ResponseHeader;
use pingora::listeners::tls::TlsSettings;
use pingora::prelude::{HttpPeer, ProxyHttp, Result, Server, Session, http_proxy_service};
use pingora::server::configuration::ServerConf;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

static MOCK_BODY: &[u8] = &[b'x'; 128];

struct Peer {
    to: String,
}

#[async_trait]
impl ProxyHttp for Peer {
    type CTX = ();

    fn new_ctx(&self) -> Self::CTX {}

    async fn request_filter(&self, session: &mut Session, _: &mut Self::CTX) -> Result<bool> {
        if session.req_header().uri.path() != "/mock" {
            return Ok(false);
        }
        let mut head = ResponseHeader::build(200, Some(2))?;
        head.insert_header("Content-Type", "text/plain")?;
        head.insert_header("Content-Length", "128")?;
        session.write_response_header(Box::new(head), false).await?;
        session.write_response_body(Some(Bytes::from_static(MOCK_BODY)), true).await?;
        Ok(true)
    }

    async fn upstream_peer(&self, _: &mut Session, _: &mut Self::CTX) -> Result<Box<HttpPeer>> {
        Ok(Box::new(HttpPeer::new(self.to.as_str(), false, String::new())))
    }
}

fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)
}

fn main() -> Result<(), Box<dyn Error>> {
    let listen = argument("--listen").ok_or("--listen is missing")?;
    let to = argument("--to").ok_or("--to is missing")?;
    let configuration =
        ServerConf { threads: 1, upstream_keepalive_pool_size: 2048, ..ServerConf::default() };
    let mut server = Server::new_with_opt_and_conf(None, configuration);
    server.bootstrap();
    let mut service = http_proxy_service(&server.configuration, Peer { to });
    match (argument("--cert"), argument("--key")) {
        (Some(cert), Some(key)) => {
            let mut settings = TlsSettings::intermediate(&cert, &key)?;
            settings.enable_h2();
            service.add_tls_with_settings(&listen, None, settings);
        }
        _ => service.add_tcp(&listen),
    }
    server.add_service(service);
    server.run_forever()
}
