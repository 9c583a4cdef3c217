//! What does a person at a terminal see when tollgate starts?

use std::fmt::Write;

use crate::options::Listen;

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
