//! How is a gateway kept busy while something happens to it?

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use super::client::{Client, Response};

/// Clients that ask the same again and again, each on one connection.
pub(crate) struct Load {
    has_ended: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<Vec<String>>>,
}

/// Starts `clients` that ask with `request`; `judge` says what is wrong with an answer.
///
/// A connection whose answer said `close` is replaced; one that ends otherwise is a fault.
pub(crate) fn start(
    address: SocketAddr,
    clients: usize,
    request: &'static str,
    judge: impl Fn(&Response) -> Result<(), String> + Send + Sync + 'static,
) -> Load {
    let (has_ended, answered) = (Arc::new(AtomicBool::new(false)), Arc::default());
    let judge = Arc::new(judge);
    let threads = (0..clients)
        .map(|_| {
            let (ended, answered) = (Arc::clone(&has_ended), Arc::clone(&answered));
            let judge = Arc::clone(&judge);
            std::thread::spawn(move || ask_again(address, request, &*judge, &ended, &answered))
        })
        .collect();
    Load { has_ended, answered, threads }
}

fn ask_again(
    address: SocketAddr,
    request: &str,
    judge: &(dyn Fn(&Response) -> Result<(), String> + Send + Sync),
    has_ended: &AtomicBool,
    answered: &AtomicUsize,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut client = Client::connect(address);
    while !has_ended.load(Ordering::Relaxed) {
        let asked = client.try_send(request).and_then(|()| client.try_response_to("GET"));
        let closes = match asked {
            Ok(response) => {
                answered.fetch_add(1, Ordering::Relaxed);
                faults.extend(judge(&response).err());
                response.closes()
            }
            Err(error) => {
                faults.push(error.to_string());
                true
            }
        };
        if closes {
            client = Client::connect(address);
        }
    }
    faults
}

impl Load {
    /// Answers so far.
    pub(crate) fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Ends the clients; what went wrong.
    pub(crate) fn end(self) -> Vec<String> {
        self.has_ended.store(true, Ordering::Relaxed);
        self.threads.into_iter().flat_map(|thread| thread.join().expect("a client")).collect()
    }
}
