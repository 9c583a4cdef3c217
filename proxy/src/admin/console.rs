//! What does a person at a terminal see when tollgate starts?

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::SocketAddr;

use tollgate_core::context::ApiKind;
use tollgate_core::definition::MethodVerb;
use tollgate_core::message::Verb;
use tollgate_core::route::Route;
use tollgate_core::snapshot::{Snapshot, Stage};

use crate::options::{Listen, LogFormat, ServeOptions};

use super::report::Manner;
use super::start::Sockets;

/// What there is to tell once workers serve.
#[derive(Debug)]
pub(super) struct Started {
    apis: Vec<Served>,
    listen: Vec<Listen>,
    admin: SocketAddr,
    workers: usize,
}

impl Started {
    /// Collects it from what is served and what was bound.
    pub(super) fn of(snapshot: &Snapshot, options: &ServeOptions, sockets: &Sockets) -> Self {
        let base_paths = options.definition.files.iter().map(|file| file.base_path.clone());
        let apis = snapshot.stages.iter().zip(base_paths);
        Self {
            apis: apis.map(|(stage, base)| served(stage, base)).collect(),
            listen: sockets.listeners.iter().map(|(listen, ..)| listen.clone()).collect(),
            admin: sockets.admin_address,
            workers: sockets.cores.len(),
        }
    }

    /// Tells people in a few lines, and programs in one.
    pub(super) fn tell(&self, driver: &str, format: Option<LogFormat>) {
        let manner = Manner::of_log(format);
        if manner.is_for_people {
            let text =
                started(&self.apis, &self.listen, &self.admin.to_string(), manner.is_coloured);
            let _ = io::stderr().lock().write_all(text.as_bytes());
            return;
        }
        let listen: Vec<_> = self.listen.iter().map(ToString::to_string).collect();
        let apis: Vec<_> = self.apis.iter().map(|api| api.name.as_str()).collect();
        let (listen, apis) = (listen.join(" "), apis.join(", "));
        tracing::info!(listen, admin = %self.admin, apis, driver, workers = self.workers, "serving");
    }
}

fn served(stage: &Stage, base_path: String) -> Served {
    let kind = match stage.facts.api_kind {
        ApiKind::RestApi => "REST",
        ApiKind::HttpApi => "HTTP",
    };
    let routes = stage.router.routes();
    Served {
        name: stage.definition().api.name().to_owned(),
        kind,
        routes: routes.len(),
        base_path,
        example: routes.iter().filter_map(example).min_by_key(String::len),
    }
}

/// A path that can be typed and is answered to a GET: one without variables.
fn example(route: &Route) -> Option<String> {
    let answers_get = matches!(route.verb(), Some(MethodVerb::Any | MethodVerb::Verb(Verb::Get)));
    let is_literal = route.variables().next().is_none();
    (answers_get && is_literal).then(|| route.path().to_owned())
}

/// One API as it is served.
#[derive(Clone, Debug)]
pub(super) struct Served {
    /// The API's name.
    pub(super) name: String,
    /// `REST` or `HTTP`.
    pub(super) kind: &'static str,
    /// Methods or routes.
    pub(super) routes: usize,
    /// Base path without slashes at its ends.
    pub(super) base_path: String,
    /// A path that answers a GET, such as `/pets`, where there is one.
    pub(super) example: Option<String>,
}

/// The lines that follow a start: what is served where, and what to type next.
pub(super) fn started(
    apis: &[Served],
    listen: &[Listen],
    admin: &str,
    is_coloured: bool,
) -> String {
    let (bold, dim, plain) =
        if is_coloured { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{bold}tollgate{plain} {} serves", env!("CARGO_PKG_VERSION"));
    let origins: Vec<_> = listen.iter().map(origin).collect();
    for api in apis {
        let noun = if api.routes == 1 { "route" } else { "routes" };
        let _ = writeln!(
            text,
            "  {bold}{}{plain} {dim}({} API, {} {noun}){plain}",
            api.name, api.kind, api.routes
        );
        for origin in &origins {
            let _ = writeln!(text, "    {}", join(origin, &api.base_path, ""));
        }
    }
    let _ = writeln!(text, "  {dim}health and metrics{plain} http://{admin}/metrics");
    if let Some((listen, line)) = first_try(apis, &origins).zip(listen.first()).map(|(l, o)| (o, l))
    {
        let insecure = if listen.is_tls() { "--insecure " } else { "" };
        let _ = writeln!(text, "\ntry  {bold}curl {insecure}{line}{plain}");
    }
    text
}

/// An address one can type: wildcard addresses are asked as localhost.
fn origin(listen: &Listen) -> String {
    let scheme = if listen.is_tls() { "https" } else { "http" };
    match listen.address.ip().is_unspecified() {
        true => format!("{scheme}://localhost:{}", listen.address.port()),
        false => format!("{scheme}://{}", listen.address),
    }
}

fn join(origin: &str, base_path: &str, path: &str) -> String {
    match base_path {
        "" => format!("{origin}{path}"),
        _ => format!("{origin}/{base_path}{path}"),
    }
}

fn first_try(apis: &[Served], origins: &[String]) -> Option<String> {
    let api = apis.iter().find(|api| api.example.is_some()).or_else(|| apis.first())?;
    let path = api.example.as_deref().unwrap_or("/");
    Some(join(origins.first()?, &api.base_path, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(base_path: &str, example: Option<&str>) -> Served {
        Served {
            name: "Pets".to_owned(),
            kind: "REST",
            routes: 2,
            base_path: base_path.to_owned(),
            example: example.map(str::to_owned),
        }
    }

    fn check(apis: &[Served], listen: &str, expected: &str) {
        let listen: Listen = listen.parse().expect("an address");
        let text = started(apis, &[listen], "127.0.0.1:9080", false);
        assert!(text.ends_with(expected), "{text}");
        assert!(!text.contains('\x1b'));
    }

    #[test]
    fn the_last_line_can_be_typed_as_it_stands() {
        let root = [served("", Some("/pets"))];
        check(&root, "127.0.0.1:8080", "\ntry  curl http://127.0.0.1:8080/pets\n");
        check(&root, "0.0.0.0:80", "\ntry  curl http://localhost:80/pets\n");
        check(
            &root,
            "tls://[::1]:8443?cert=a&key=b",
            "\ntry  curl --insecure https://[::1]:8443/pets\n",
        );
        let based = [served("a", None), served("b/c", Some("/pets"))];
        check(&based, "127.0.0.1:1", "\ntry  curl http://127.0.0.1:1/b/c/pets\n");
        check(&[served("a", None)], "127.0.0.1:1", "\ntry  curl http://127.0.0.1:1/a/\n");
    }

    #[test]
    fn every_api_and_address_is_named() {
        let listen = ["127.0.0.1:1", "127.0.0.1:2"].map(|l| l.parse().expect("an address"));
        let text = started(&[served("v1", None)], &listen, "127.0.0.1:9080", true);
        for part in
            ["Pets", "(REST API, 2 routes)", "http://127.0.0.1:2/v1", "9080/metrics", "\x1b["]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
