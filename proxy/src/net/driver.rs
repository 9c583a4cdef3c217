//! Does this kernel let us use io_uring, and which driver runs on this thread?

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::io;
use std::str::FromStr;

use io_uring::IoUring;
use monoio::{IoUringDriver, LegacyDriver, RuntimeBuilder};

/// Entries of a worker's submission ring.
const RING_ENTRIES: u32 = 4096;

thread_local! {
    static CURRENT: Cell<Driver> = const { Cell::new(Driver::Epoll) };
}

/// How a worker talks to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// Completions through shared rings: the fast one.
    IoUring,
    /// Readiness, for kernels and containers that forbid io_uring.
    Epoll,
}

impl Driver {
    /// The driver for `wish`, or the best the kernel allows where there is none.
    ///
    /// # Errors
    /// io_uring was wished for and the kernel refuses it.
    pub fn probe(wish: Option<Driver>) -> io::Result<Driver> {
        match (wish, probe_io_uring()) {
            (Some(Driver::Epoll), _) | (None, Err(_)) => Ok(Driver::Epoll),
            (_, Ok(())) => Ok(Driver::IoUring),
            (Some(Driver::IoUring), Err(error)) => Err(error),
        }
    }

    /// The driver that this thread runs on.
    pub fn current() -> Driver {
        CURRENT.get()
    }

    /// Runs `future` to its end on this thread, with a timer.
    ///
    /// # Errors
    /// The kernel refuses the ring or the epoll instance.
    pub fn block_on<F: Future>(self, future: F) -> io::Result<F::Output> {
        CURRENT.set(self);
        match self {
            Self::IoUring => RuntimeBuilder::<IoUringDriver>::new()
                .uring_builder(ring())
                .with_entries(RING_ENTRIES)
                .enable_timer()
                .build()
                .map(|mut runtime| runtime.block_on(future)),
            Self::Epoll => RuntimeBuilder::<LegacyDriver>::new()
                .enable_timer()
                .build()
                .map(|mut runtime| runtime.block_on(future)),
        }
    }

    /// The name as the command line spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IoUring => "io_uring",
            Self::Epoll => "epoll",
        }
    }
}

impl fmt::Display for Driver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Driver {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "io_uring" => Ok(Self::IoUring),
            "epoll" => Ok(Self::Epoll),
            other => Err(format!("\"{other}\" is no driver; write auto, io_uring or epoll")),
        }
    }
}

/// The flags every worker's ring is built with: a worker submits from its own thread only and asks
/// for completions itself, so the kernel need not interrupt it (5–20 % less CPU).
fn ring() -> io_uring::Builder {
    let mut builder = IoUring::builder();
    builder.setup_coop_taskrun().setup_single_issuer();
    builder
}

fn probe_io_uring() -> io::Result<()> {
    let ring = ring().build(8)?;
    let mut probe = io_uring::Probe::new();
    ring.submitter().register_probe(&mut probe)?;
    let needed = [
        io_uring::opcode::Accept::CODE,
        io_uring::opcode::Connect::CODE,
        io_uring::opcode::Recv::CODE,
        io_uring::opcode::Send::CODE,
        io_uring::opcode::PollAdd::CODE,
        io_uring::opcode::AsyncCancel::CODE,
        io_uring::opcode::Close::CODE,
    ];
    match needed.iter().all(|code| probe.is_supported(*code)) {
        true => Ok(()),
        false => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "the kernel's io_uring lacks socket operations; Linux 5.19 or later has them",
        )),
    }
}
