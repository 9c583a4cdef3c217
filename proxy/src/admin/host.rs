//! What does this host allow: which cores, how many open files, which addresses?

use std::io;
use std::net::{SocketAddr, TcpListener};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Protocol, Socket, Type};

/// Connections that may wait to be accepted, on each worker's socket; the kernel bounds it by
/// `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// Descriptors kept for files, the admin address and rings.
const RESERVED_FILES: u64 = 256;

/// The cores this process may run on, which a container or `taskset` can narrow.
pub(super) fn allowed_cores() -> Vec<usize> {
    let Ok(set) = rustix::thread::sched_getaffinity(None) else { return vec![0] };
    let cores: Vec<_> =
        (0..rustix::thread::CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect();
    if cores.is_empty() { vec![0] } else { cores }
}

/// One core for each of `wanted` workers, going round where there are more workers than cores.
pub(super) fn cores_of_workers(allowed: &[usize], wanted: Option<u16>) -> Vec<usize> {
    let count = wanted.map_or(allowed.len(), usize::from);
    allowed.iter().copied().cycle().take(count).collect()
}

/// Raises the limit of open files as far as this process may, and says what it is then.
pub(super) fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum.unwrap_or(u64::MAX),
        Err(_) => limit.current.unwrap_or(u64::MAX),
    }
}

/// Asks the kernel to back memory with pages of the usual size.
///
/// Idle connections leave holes all over the heap; in huge pages the holes between them cannot be
/// given back, which cost 1 KB per connection at 10,000.
pub(super) fn keep_pages_small() {
    const ENABLE: libc::c_ulong = 1;
    // SAFETY: this option takes one integer, the rest must be 0, and no memory is passed. No safe
    // form serves: rustix does not offer the option.
    let result = unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, ENABLE, 0, 0, 0) };
    if result != 0 {
        tracing::debug!(error = %io::Error::last_os_error(), "huge pages stay on");
    }
}

/// How many client connections fit: a quarter of the descriptors is for upstreams, whose
/// connections many clients share.
pub(super) fn connections_max(open_files: u64, wanted: Option<u32>) -> u32 {
    let fitting = open_files.saturating_sub(RESERVED_FILES) / 4 * 3;
    let fitting = u32::try_from(fitting).unwrap_or(u32::MAX).clamp(1, CONNECTIONS_DEFAULT_MAX);
    wanted.unwrap_or(fitting)
}

/// More than that nobody has by accident.
const CONNECTIONS_DEFAULT_MAX: u32 = 1_000_000;

/// One listening socket per worker, all on one address; `inherited` is shared by all of them.
pub(super) fn listen(
    address: SocketAddr,
    inherited: Option<TcpListener>,
    workers: usize,
) -> io::Result<Vec<TcpListener>> {
    if let Some(listener) = inherited {
        return (0..workers).map(|_| listener.try_clone()).collect();
    }
    // Sockets that share an address would also share it with another process of this user, and
    // half of the requests would vanish there; one that does not share finds out.
    let address = bind(address, false)?.local_addr()?;
    (0..workers).map(|_| bind(address, true)).collect()
}

/// The listening socket of the admin address.
pub(super) fn listen_admin(
    address: SocketAddr,
    inherited: Option<TcpListener>,
) -> io::Result<TcpListener> {
    let listener = inherited.map_or_else(|| bind(address, false), Ok)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn bind(address: SocketAddr, is_shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart must not wait until connections of the last run have left TIME_WAIT.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(is_shared)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_go_round_the_allowed_cores() {
        assert_eq!(cores_of_workers(&[2, 5], None), [2, 5]);
        assert_eq!(cores_of_workers(&[2, 5], Some(1)), [2]);
        assert_eq!(cores_of_workers(&[2, 5], Some(3)), [2, 5, 2]);
        assert!(!allowed_cores().is_empty());
    }

    #[test]
    fn connections_leave_room_for_upstreams() {
        assert_eq!(connections_max(1_256, None), 750);
        assert_eq!(connections_max(1_256, Some(9_000)), 9_000);
        assert_eq!(connections_max(0, None), 1);
        assert_eq!(connections_max(u64::MAX, None), CONNECTIONS_DEFAULT_MAX);
    }

    #[test]
    fn every_worker_has_a_socket_on_the_same_address() {
        let sockets = listen("127.0.0.1:0".parse().expect("an address"), None, 3).expect("bound");
        let addresses: Vec<_> = sockets.iter().flat_map(TcpListener::local_addr).collect();
        assert_eq!(addresses.len(), 3);
        assert!(addresses.iter().all(|address| *address == addresses[0]));
    }

    #[test]
    fn an_address_that_is_taken_is_an_error_even_among_our_own() {
        let address = "127.0.0.1:0".parse().expect("an address");
        let first = listen(address, None, 1).expect("bound");
        let taken = first[0].local_addr().expect("an address");
        let error = listen(taken, None, 1).expect_err("it is taken");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn an_inherited_socket_is_shared_by_all_workers() {
        let inherited = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = inherited.local_addr().expect("an address");
        let sockets = listen("127.0.0.1:1".parse().expect("an address"), Some(inherited), 2);
        let sockets = sockets.expect("cloned");
        assert_eq!(sockets.len(), 2);
        assert_eq!(sockets[1].local_addr().expect("an address"), address);
    }
}
