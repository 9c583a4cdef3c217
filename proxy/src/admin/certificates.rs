//! Which certificates do listeners show, and are they read again when their files change?

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::certificates::{
    CertificateProblem, ClientConfigs, SecurityPolicy, ServerTls, Tickets, client_configs,
};
use crate::options::{Certificate, Listen, ServeOptions};

use super::watch::{Seen, Stamp, Watch};

/// How TLS is spoken, on both sides.
#[derive(Debug)]
pub(super) struct Tls {
    /// For each `--listen`, in order; `None` for a plain one.
    pub(super) listeners: Vec<Option<Arc<ServerTls>>>,
    /// To integrations.
    pub(super) upstream: ClientConfigs,
    /// Reads the listeners' certificates again.
    pub(super) certificates: Certificates,
}

impl Tls {
    /// Loads every file that the options name.
    ///
    /// # Errors
    /// All that is wrong with any of them, each with its option.
    pub(super) fn load(options: &ServeOptions) -> Result<Self, Vec<String>> {
        let listeners = load_listeners(&options.listen);
        let upstream = client_configs(&options.upstream.upstream_ca)
            .map_err(|problems| told("--upstream-ca", &problems));
        match (listeners, upstream) {
            (Ok((listeners, certificates)), Ok(upstream)) => {
                Ok(Self { listeners, upstream, certificates })
            }
            (listeners, upstream) => {
                let problems = listeners.err().into_iter().chain(upstream.err());
                Err(problems.flatten().collect())
            }
        }
    }
}

type Listeners = (Vec<Option<Arc<ServerTls>>>, Certificates);

fn load_listeners(listen: &[Listen]) -> Result<Listeners, Vec<String>> {
    // States are taken first, so that a change while we read is seen later.
    let files = listen.iter().flat_map(|listen| &listen.certificates);
    let files: Vec<_> = files.flat_map(|pair| [pair.chain.clone(), pair.key.clone()]).collect();
    let watch = Watch::new(stamps(&files));
    let tickets = Tickets::new().map_err(|problem| told("--listen", &[problem]))?;
    let (mut listeners, mut shown, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for own in listen {
        if !own.is_tls() {
            listeners.push(None);
            continue;
        }
        match ServerTls::load(&own.certificates, &tickets, SecurityPolicy::default()) {
            Ok(tls) => {
                let tls = Arc::new(tls);
                let from = Listener { own: own.clone(), tls: Arc::clone(&tls) };
                shown.push(from);
                listeners.push(Some(tls));
            }
            Err(found) => problems.extend(told(&format!("--listen {own}"), &found)),
        }
    }
    let shown = Arc::new(Shown { listeners: shown, reading: Mutex::default() });
    match problems.is_empty() {
        true => Ok((listeners, Certificates { files, shown, watch })),
        false => Err(problems),
    }
}

fn told(option: &str, problems: &[CertificateProblem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{option}: {problem}")).collect()
}

fn stamps(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    files.iter().map(|file| Stamp::of(file)).collect()
}

/// The listeners' certificates and the files that they come from.
#[derive(Debug)]
pub(super) struct Certificates {
    files: Vec<PathBuf>,
    shown: Arc<Shown>,
    watch: Watch,
}

impl Certificates {
    /// What a look at the files shows; after [`Seen::Changed`] they are to be read.
    pub(super) fn on_look(&mut self) -> Seen {
        self.watch.on_look(stamps(&self.files))
    }

    /// The file at a position that [`Seen::Missing`] names.
    pub(super) fn file(&self, position: usize) -> Option<&Path> {
        self.files.get(position).map(PathBuf::as_path)
    }

    /// What reads them again, on any thread.
    pub(super) fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown)
    }
}

/// What the TLS listeners show.
#[derive(Debug)]
pub(super) struct Shown {
    listeners: Vec<Listener>,
    /// Held while files are read and shown, so that of two readings the later one counts.
    reading: Mutex<()>,
}

#[derive(Debug)]
struct Listener {
    own: Listen,
    tls: Arc<ServerTls>,
}

impl Shown {
    /// Reads all certificates again and shows them from the next handshake on. A listener whose
    /// files are unusable goes on with what it showed.
    ///
    /// # Errors
    /// All that is wrong with the files, each with its listener.
    pub(super) fn reload(&self) -> Result<(), Vec<String>> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut problems = Vec::new();
        for Listener { own, tls } in &self.listeners {
            let files: &[Certificate] = &own.certificates;
            if let Err(found) = tls.reload(files) {
                problems.extend(told(&own.to_string(), &found));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Whether there is a TLS listener at all.
    pub(super) fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::options::{Arguments, Command};

    /// Writes a fresh certificate and its key.
    fn write_pair(folder: &Path) {
        let made = rcgen::generate_simple_self_signed(["a.test".to_owned()]).expect("made");
        std::fs::write(folder.join("chain.pem"), made.cert.pem()).expect("written");
        std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("written");
    }

    fn load(folder: &Path, words: &[&str]) -> Result<Tls, Vec<String>> {
        let folder = folder.display();
        let tls = format!("tls://127.0.0.1:0?cert={folder}/chain.pem&key={folder}/key.pem");
        let own = ["tollgate", "serve", "a.yaml", "--listen=127.0.0.1:0", "--listen", &tls];
        match Arguments::try_parse_from(own.iter().chain(words)).map(|line| line.command) {
            Ok(Command::Serve(options)) => Tls::load(&options),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn listeners_keep_their_order_and_only_tls_ones_have_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        write_pair(folder.path());
        let tls = load(folder.path(), &[]).expect("usable");
        let is_tls: Vec<_> = tls.listeners.iter().map(Option::is_some).collect();
        assert_eq!(is_tls, [false, true]);
    }

    #[test]
    fn every_unusable_file_is_told_at_once_with_its_option() {
        let folder = tempfile::tempdir().expect("a folder");
        let problems = load(folder.path(), &["--upstream-ca=/nowhere/ca.pem"]).expect_err("absent");
        let [listener, authority] = &problems[..] else { panic!("{problems:#?}") };
        assert!(listener.starts_with("--listen https://127.0.0.1:0: cannot read '"), "{listener}");
        assert!(listener.contains("chain.pem'") && listener.contains("check the path"));
        assert!(authority.starts_with("--upstream-ca: cannot read '/nowhere/ca.pem'"));
    }

    #[test]
    fn a_change_of_either_file_is_seen_and_a_bad_one_is_told_with_its_listener() {
        let folder = tempfile::tempdir().expect("a folder");
        write_pair(folder.path());
        let mut certificates = load(folder.path(), &[]).expect("usable").certificates;
        assert_eq!(certificates.on_look(), Seen::Same);
        std::fs::write(folder.path().join("key.pem"), "no key at all").expect("written");
        assert_eq!(certificates.on_look(), Seen::Unsettled);
        assert_eq!(certificates.on_look(), Seen::Changed);
        let problems = certificates.shown().reload().expect_err("it has no key");
        assert!(problems[0].starts_with("https://127.0.0.1:0: no private key in"), "{problems:?}");
        write_pair(folder.path());
        certificates.shown().reload().expect("it has one again");
        std::fs::remove_file(folder.path().join("key.pem")).expect("removed");
        let seen: Vec<_> = (0..20).map(|_| certificates.on_look()).collect();
        let missing = seen.iter().find_map(|seen| match seen {
            Seen::Missing(position) => certificates.file(*position).map(Path::to_path_buf),
            _ => None,
        });
        assert_eq!(missing, Some(folder.path().join("key.pem")));
    }
}
