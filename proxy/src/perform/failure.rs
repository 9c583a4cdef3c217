//! Why did an integration's answer not reach the client, and what does the log say of it?

use std::fmt;
use std::io;

use tollgate_core::integrate::Refusal;
use tollgate_core::wire::Malformed;

use crate::framing::BodyFailure;
use crate::upstream::{ConnectFailure, NoAnswer};

/// Why a backend's answer did not reach the client.
#[derive(Debug)]
pub(crate) enum CallFailure {
    /// `core` decided not to send the request.
    Refused(Refusal),
    /// There is no connection to the backend.
    Connect(ConnectFailure),
    /// There was one, but no answer that could be passed on.
    Relay(RelayFailure),
}

/// Why an answer was not relayed to its end.
#[derive(Debug)]
pub(crate) enum RelayFailure {
    /// The connection died before it showed any sign of life.
    Died,
    /// The upstream broke off within its head, or could not be written to.
    Broken(io::Error),
    /// The upstream took longer than the integration may.
    TimedOut,
    /// The upstream's answer is not HTTP we vouch for.
    Malformed(Malformed),
    /// The upstream's answer is HTTP, but no answer to this.
    Unexpected(&'static str),
    /// The upstream announced a longer body than may pass.
    AnswerTooLarge,
    /// The client's body is not what it should be, or did not come.
    Client(BodyFailure),
    /// The client is gone.
    ClientGone,
    /// The answer had begun; all that is left is to cut it off.
    Cut,
}

impl From<NoAnswer> for RelayFailure {
    fn from(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Died => Self::Died,
            NoAnswer::Broken(error) => Self::Broken(error),
            NoAnswer::TimedOut => Self::TimedOut,
            NoAnswer::Malformed(malformed) => Self::Malformed(malformed),
            NoAnswer::Unexpected(what) => Self::Unexpected(what),
        }
    }
}

/// The detail for the log; nothing of it reaches the wire.
impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "the request was not sent: {refusal:?}"),
            Self::Connect(ConnectFailure::NotResolved) => f.write_str("its name has no address"),
            Self::Connect(ConnectFailure::Forbidden(address)) => {
                write!(f, "its name leads to {address}, which integrations may not reach")
            }
            Self::Connect(ConnectFailure::Refused(error)) => write!(f, "no connection: {error}"),
            Self::Connect(ConnectFailure::TimedOut) => f.write_str("no connection in time"),
            Self::Connect(ConnectFailure::Tls(error)) => write!(f, "no TLS session: {error}"),
            Self::Relay(failure) => failure.fmt(f),
        }
    }
}

impl fmt::Display for RelayFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Died => f.write_str("the connection died before an answer"),
            Self::Broken(error) => write!(f, "the connection broke: {error}"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::Malformed(malformed) => write!(f, "the answer is not HTTP: {malformed}"),
            Self::Unexpected(what) => write!(f, "the answer is unexpected: {what}"),
            Self::AnswerTooLarge => f.write_str("the answer is longer than a payload may be"),
            Self::Client(failure) => write!(f, "the client's body: {failure:?}"),
            Self::ClientGone => f.write_str("the client is gone"),
            Self::Cut => f.write_str("the answer broke off after its head"),
        }
    }
}
