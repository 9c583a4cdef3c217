//! On which driver does a thread run, and how is it started and pinned?

use std::future::Future;
use std::io;

use clap::ValueEnum;
use monoio::{IoUringDriver, LegacyDriver, RuntimeBuilder};

use crate::limits;

/// The way a thread waits for its sockets.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Driver {
    /// io_uring where the kernel allows it, else epoll.
    #[default]
    Auto,
    /// io_uring or nothing.
    #[value(name = "io_uring")]
    IoUring,
    /// epoll.
    Epoll,
}

impl Driver {
    /// What `Auto` comes to on this machine; the others are themselves.
    pub fn resolved(self) -> Self {
        match self {
            Self::Auto if monoio::utils::detect_uring() => Self::IoUring,
            Self::Auto => Self::Epoll,
            chosen => chosen,
        }
    }

    /// The name people know the driver by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::IoUring => "io_uring",
            Self::Epoll => "epoll",
        }
    }
}

/// Runs the future that `main` makes on this thread until it ends.
///
/// # Errors
/// The driver could not be set up (io_uring forbidden, too little locked memory).
pub fn block_on<F: Future>(driver: Driver, main: impl FnOnce() -> F) -> io::Result<F::Output> {
    if driver.resolved() == Driver::Epoll {
        let mut runtime = RuntimeBuilder::<LegacyDriver>::new().enable_timer().build()?;
        return Ok(runtime.block_on(main()));
    }
    // One thread owns the ring and never needs to be interrupted for its completions.
    let mut ring = io_uring::IoUring::builder();
    ring.setup_coop_taskrun().setup_single_issuer();
    let mut runtime = RuntimeBuilder::<IoUringDriver>::new()
        .with_entries(limits::RING_ENTRIES)
        .uring_builder(ring)
        .enable_timer()
        .build()?;
    Ok(runtime.block_on(main()))
}
