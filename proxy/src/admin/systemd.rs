//! What does the service manager hand over, and what is it told?
//!
//! Without a service manager all of this does nothing.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{FromRawFd, OwnedFd};
use std::time::Duration;

use sd_notify::NotifyState;

use crate::options::Listen;

/// A listening socket that the service manager opened (`LISTEN_FDS`).
#[derive(Debug)]
pub(super) struct Inherited {
    /// `FileDescriptorName=`, else `unknown`.
    pub(super) name: String,
    pub(super) address: SocketAddr,
    pub(super) listener: TcpListener,
}

/// The name that marks the admin address.
const ADMIN_NAME: &str = "admin";

/// The sockets that were handed over. Called once, before anything else opens a descriptor.
pub(super) fn inherited() -> io::Result<Vec<Inherited>> {
    sd_notify::listen_fds_with_names()?.map(|(fd, name)| adopt(fd, name)).collect()
}

fn adopt(fd: std::os::fd::RawFd, name: String) -> io::Result<Inherited> {
    // SAFETY: the service manager opened the descriptor for this process (`LISTEN_PID` was
    // compared), nobody else here knows of it, and this runs once. No safe form serves: the number
    // arrives in the environment.
    let socket = socket2::Socket::from(unsafe { OwnedFd::from_raw_fd(fd) });
    let address = socket.local_addr()?.as_socket();
    match (socket.is_listener(), address) {
        (Ok(true), Some(address)) => Ok(Inherited { name, address, listener: socket.into() }),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("the socket '{name}' that was handed over is not a listening TCP socket"),
        )),
    }
}

/// What each inherited socket is for.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    /// For the admin address.
    pub(super) admin: Option<TcpListener>,
    /// For each `--listen`, in order.
    pub(super) listen: Vec<Option<TcpListener>>,
}

/// Matches sockets with what they are for: by the name `admin`, else by equal address.
///
/// # Errors
/// A socket that nothing names, with what to write.
pub(super) fn assign(inherited: Vec<Inherited>, listen: &[Listen]) -> Result<Assigned, String> {
    let mut assigned = Assigned { admin: None, listen: listen.iter().map(|_| None).collect() };
    for socket in inherited {
        if socket.name == ADMIN_NAME {
            assigned.admin = Some(socket.listener);
            continue;
        }
        let Some(position) = listen.iter().position(|listen| listen.address == socket.address)
        else {
            return Err(format!(
                "the socket '{}' on {} was handed over and nothing names it; \
                 write --listen {} or name it {ADMIN_NAME}",
                socket.name, socket.address, socket.address
            ));
        };
        assigned.listen[position] = Some(socket.listener);
    }
    Ok(assigned)
}

/// Requests are welcome.
pub(super) fn notify_ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Definitions are read again; [`notify_ready`] follows.
pub(super) fn notify_reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        notify(&[NotifyState::Reloading, now]);
    }
}

/// The program ends.
pub(super) fn notify_stopping() {
    notify(&[NotifyState::Stopping, NotifyState::Status("finishing requests")]);
}

/// The admin thread turns.
pub(super) fn notify_watchdog() {
    notify(&[NotifyState::Watchdog]);
}

/// How often [`notify_watchdog`] is due, where the service manager wants it: twice as often as it
/// would lose patience.
pub(super) fn watchdog_period() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|patience| patience / 2)
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(name: &str) -> Inherited {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        Inherited { name: name.to_owned(), address, listener }
    }

    #[test]
    fn sockets_are_matched_by_name_and_by_address() {
        let (admin, web) = (socket("admin"), socket("web.socket"));
        let listen = ["127.0.0.1:1".to_owned(), web.address.to_string()];
        let listen: Vec<Listen> = listen.iter().map(|l| l.parse().expect("an address")).collect();
        let assigned = assign(vec![admin, web], &listen).expect("both are named");
        assert!(assigned.admin.is_some());
        let has_socket: Vec<_> = assigned.listen.iter().map(Option::is_some).collect();
        assert_eq!(has_socket, [false, true]);
    }

    #[test]
    fn a_socket_that_nothing_names_is_refused_with_the_fix() {
        let stray = socket("web");
        let fix = format!("write --listen {}", stray.address);
        let error = assign(vec![stray], &[]).expect_err("nothing names it");
        assert!(error.contains("'web'") && error.contains(&fix), "{error}");
    }

    #[test]
    fn only_listening_tcp_sockets_are_adopted() {
        use std::os::fd::IntoRawFd;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let adopted = adopt(listener.into_raw_fd(), "web".to_owned()).expect("it listens");
        assert_eq!(adopted.address, address);
        let datagram = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
        assert!(adopt(datagram.into_raw_fd(), "web".to_owned()).is_err());
    }
}
