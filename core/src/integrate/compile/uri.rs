//! Which backend does an integration's URI name, and with which path?

use crate::definition::{Place, Problem};
use crate::integrate::address::{is_among, is_forbidden, is_port_allowed};
use crate::transform::Surroundings;

/// A URI taken apart. The path keeps its `{variables}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uri<'u> {
    pub(super) is_tls: bool,
    /// In lower case; an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// Starts with `/`.
    pub(super) path: String,
    /// Without `?`; empty for none.
    pub(super) query: &'u str,
}

impl Uri<'_> {
    /// What `Host` says: the port is left out where it is the scheme's.
    pub(super) fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.is_tls, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

/// The URI with each `${stageVariables.x}` replaced; one that the stage does not define is
/// "replaced by empty string", which is worth a warning.
pub(super) fn substitute(
    uri: &str,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> String {
    let mut substituted = String::new();
    let mut rest = uri;
    while let Some((before, behind)) = rest.split_once("${stageVariables.") {
        let Some((name, after)) = behind.split_once('}') else { break };
        substituted.push_str(before);
        match around.stage_variable(name) {
            Some(value) => substituted.push_str(value),
            None => problems.push(Problem::warning(
                place,
                format!(
                    "stage \"{}\" defines no variable \"{name}\", so it is empty in the URI",
                    around.stage.stage
                ),
            )),
        }
        rest = after;
    }
    substituted.push_str(rest);
    substituted
}

/// Takes a URI apart; the message says why it names no backend. `link_local_hosts` may be
/// link-local and metadata addresses.
pub(super) fn parse<'u>(uri: &'u str, link_local_hosts: &[String]) -> Result<Uri<'u>, String> {
    let (scheme, rest) = uri.split_once("://").ok_or("it has no \"http://\" or \"https://\"")?;
    let is_tls = match scheme.to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        _ => return Err(format!("its scheme \"{scheme}\" is neither \"http\" nor \"https\"")),
    };
    if let Some(bad) = rest.chars().find(|c| c.is_ascii_control() || matches!(c, ' ' | '#' | '\\'))
    {
        return Err(format!("it holds {bad:?}"));
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let (host, port) = host_and_port(authority, is_tls)?;
    if let Ok(ip) = host.parse()
        && is_forbidden(ip)
        && !is_among(&host, link_local_hosts)
    {
        return Err(format!(
            "its address \"{host}\" is link-local or a metadata service, which only \
             --allow-link-local {host} permits"
        ));
    }
    if !is_port_allowed(&host, port) {
        return Err(format!("its port {port} is not 80, 443 or 1024 to 65535"));
    }
    let (path, query) = behind.split_once('?').unwrap_or((behind, ""));
    let path = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    Ok(Uri { is_tls, host, port, path, query })
}

fn host_and_port(authority: &str, is_tls: bool) -> Result<(String, u16), String> {
    if authority.contains('@') {
        return Err("it holds a user name, which is not sent".into());
    }
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, behind)) => (address, behind),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => {
            if is_tls {
                443
            } else {
                80
            }
        }
        Some(digits) => parse_port(digits).ok_or(format!("its port \"{digits}\" is no port"))?,
        None => return Err(format!("its host \"{authority}\" is no host")),
    };
    let host = host.to_ascii_lowercase();
    match is_host(&host, authority.starts_with('[')) {
        true => Ok((host, port)),
        false if host.is_empty() => Err("it has no host".into()),
        false if host.contains('{') => Err("its host is not the same in every request".into()),
        false => Err(format!("its host \"{host}\" is no host name")),
    }
}

/// Digits only, where `u16::from_str` would take `+80`.
fn parse_port(digits: &str) -> Option<u16> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn is_host(host: &str, is_bracketed: bool) -> bool {
    if is_bracketed {
        return host.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(is_inside)
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    // A name that ends in a number is an address in a spelling that only some resolvers know:
    // `2852039166` and `0xa9fea9fe` are both 169.254.169.254.
    let ends_in_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    let is_name = name.len() <= 253 && name.split('.').all(is_label) && !ends_in_number;
    is_name || host.parse::<std::net::Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_taken_apart() {
        let check = |uri: &str, authority: &str, host: &str, path: &str, query: &str| {
            let parsed = parse(uri, &[]).unwrap_or_else(|problem| panic!("{uri}: {problem}"));
            assert_eq!(parsed.authority(), authority, "{uri}");
            assert_eq!(
                (parsed.host.as_str(), parsed.path.as_str(), parsed.query),
                (host, path, query)
            );
        };
        check("http://example.com", "example.com", "example.com", "/", "");
        check("HTTPS://Example.COM:443/A?b=c", "example.com", "example.com", "/A", "b=c");
        check("http://example.com:8080?x", "example.com:8080", "example.com", "/", "x");
        check("https://example.com:80/{id}/", "example.com:80", "example.com", "/{id}/", "");
        check("http://127.0.0.1:81/", "127.0.0.1:81", "127.0.0.1", "/", "");
        check("http://[::1]:9000/x", "[::1]:9000", "::1", "/x", "");
        check("http://my_svc.local./", "my_svc.local.", "my_svc.local.", "/", "");
    }

    #[test]
    fn what_names_no_backend_says_why() {
        let check = |uri: &str, message: &str| {
            let problem = parse(uri, &[]).expect_err(uri);
            assert!(problem.contains(message), "{uri}: {problem}");
        };
        check("/relative", "no \"http://\"");
        check("ftp://example.com/", "\"ftp\"");
        check("http://", "no host");
        check("http:///path", "no host");
        check("http://{host}/x", "not the same");
        check("http://user:pass@example.com/", "user name");
        check("http://exa mple.com/", "' '");
        check("http://example.com/a#b", "'#'");
        check("http://example.com/a\r\nX: y", "'\\r'");
        check("http://example.com:22/", "port 22");
        check("http://example.com:99999/", "no port");
        check("http://example.com:+80/", "no port");
        check("http://example.com:/", "no port");
        check("http://[::1/", "no port");
        check("http://[::1]x/", "no host");
        check("http://a..b/", "no host name");
        check("http://169.254.169.254/latest/", "link-local");
        check("http://[fd00:ec2::254]/", "link-local");
        check("http://[::ffff:169.254.169.254]/", "link-local");
        check("http://2852039166/", "no host name");
        check("http://0xa9fea9fe/", "no host name");
        check("http://169.254.43518/", "no host name");
        check("http://0251.0376.0251.0376/", "no host name");
    }

    #[test]
    fn link_local_addresses_are_allowed_one_by_one() {
        let allowed = ["169.254.169.254".to_owned(), "fe80::1".to_owned()];
        assert!(parse("http://169.254.169.254/", &allowed).is_ok());
        assert!(parse("http://[FE80:0::1]/", &allowed).is_ok());
        assert!(parse("http://169.254.170.2/", &allowed).is_err());
    }
}
