//! Does tollgate keep the rules of the protocols it speaks, with peers that do not?

mod http1;
mod http2;
mod tls;
