//! What does a host name, or the start of a path, say about the API that is meant?

use memchr::memchr;

/// What a host addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressed<'h> {
    /// The default endpoint of the API with this id.
    Api(&'h [u8]),
    /// A VPC endpoint by its own name; `x-apigw-api-id` says the API.
    VpcEndpoint,
    /// Some other host: a custom domain, or one that nobody claims.
    Domain(&'h [u8]),
}

/// An API and what follows its id, from one of the path forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathForm<'a> {
    /// `/_aws/execute-api/{api-id}` and the path behind it, from `/{stage}` on.
    ExecuteApi { api_id: &'a [u8], path: &'a [u8] },
    /// `/restapis/{api-id}/{stage}/_user_request_`: the stage with its slash, and the path behind.
    UserRequest { api_id: &'a [u8], base_path: &'a [u8], path: &'a [u8] },
}

/// The host of an authority: without port, and without the dot that may end a full name.
///
/// An IPv6 address keeps its brackets, so the colons inside are not taken for a port.
pub(super) fn without_port(authority: &[u8]) -> &[u8] {
    let port = match authority.first() {
        Some(b'[') => memchr(b']', authority).map(|bracket| bracket + 1),
        _ => memchr(b':', authority),
    };
    let host = port.map_or(authority, |at| &authority[..at]);
    host.strip_suffix(b".").unwrap_or(host)
}

/// `host` in lower case (RFC 9110 §4.2.3: "The scheme and host are case-insensitive"); itself
/// where no letter is upper case, as nearly every client sends it.
///
/// A `host` longer than `folded` is cut; the caller has refused it.
pub(super) fn to_lower_case<'h>(host: &'h [u8], folded: &'h mut [u8]) -> &'h [u8] {
    if !host.iter().any(u8::is_ascii_uppercase) {
        return host;
    }
    let len = host.len().min(folded.len());
    let folded = &mut folded[..len];
    folded.copy_from_slice(&host[..len]);
    folded.make_ascii_lowercase();
    folded
}

/// What a host in lower case addresses.
///
/// ```text
/// abcdef1234.execute-api.us-east-1.amazonaws.com                     the API abcdef1234
/// abcdef1234-vpce-0a1b2c.execute-api.us-east-1.amazonaws.com         the API abcdef1234
/// vpce-0a1b2c-3d4e.execute-api.us-east-1.vpce.amazonaws.com          a VPC endpoint
/// ```
pub(super) fn addressed(host: &[u8]) -> Addressed<'_> {
    let Some(dot) = memchr(b'.', host) else { return Addressed::Domain(host) };
    let (label, rest) = host.split_at(dot);
    if !rest.starts_with(b".execute-api.") {
        return Addressed::Domain(host);
    }
    if label.starts_with(b"vpce-") {
        return Addressed::VpcEndpoint;
    }
    Addressed::Api(match memchr::memmem::find(label, b"-vpce-") {
        Some(end) => &label[..end],
        None => label,
    })
}

/// The API that the path itself names, whatever the host.
pub(super) fn path_form(path: &[u8]) -> Option<PathForm<'_>> {
    // Few paths start with these letters; the others pay for one comparison.
    match path {
        [b'/', b'_', b'a', ..] => {
            let rest = path.strip_prefix(b"/_aws/execute-api/")?;
            let (api_id, path) = rest.split_at(segment_len(rest));
            Some(PathForm::ExecuteApi { api_id, path })
        }
        [b'/', b'r', b'e', b's', ..] => user_request(path.strip_prefix(b"/restapis/")?),
        _ => None,
    }
}

fn user_request(rest: &[u8]) -> Option<PathForm<'_>> {
    let (api_id, rest) = rest.split_at(segment_len(rest));
    let stage_len = 1 + segment_len(rest.get(1..)?);
    let (base_path, rest) = rest.split_at(stage_len);
    let path = rest.strip_prefix(b"/_user_request_")?;
    let is_whole_segment = matches!(path.first(), None | Some(b'/'));
    is_whole_segment.then_some(PathForm::UserRequest { api_id, base_path, path })
}

/// Bytes up to the next slash.
pub(super) fn segment_len(path: &[u8]) -> usize {
    memchr(b'/', path).unwrap_or(path.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_and_a_final_dot_are_no_part_of_the_host() {
        for (authority, expected) in [
            ("example.com", "example.com"),
            ("example.com:8080", "example.com"),
            ("example.com.:80", "example.com"),
            ("example.com:", "example.com"),
            ("[::1]:8080", "[::1]"),
            ("[::1]", "[::1]"),
            ("[::1", "[::1"),
            ("", ""),
            (":80", ""),
        ] {
            assert_eq!(without_port(authority.as_bytes()), expected.as_bytes(), "{authority}");
        }
    }

    #[test]
    fn hosts_compare_in_lower_case() {
        let mut folded = [0; 8];
        assert_eq!(to_lower_case(b"a.B", &mut folded), b"a.b");
        assert_eq!(to_lower_case(b"a.b", &mut folded), b"a.b");
        assert_eq!(to_lower_case(b"ABCDEFGHIJ", &mut folded), b"abcdefgh");
    }

    #[test]
    fn a_host_says_what_it_addresses() {
        for (host, expected) in [
            ("abc.execute-api.us-east-1.amazonaws.com", Addressed::Api(b"abc")),
            ("abc.execute-api.localhost", Addressed::Api(b"abc")),
            ("abc-vpce-0a1.execute-api.us-east-1.amazonaws.com", Addressed::Api(b"abc")),
            ("abc-d.execute-api.eu-west-1.example", Addressed::Api(b"abc-d")),
            (".execute-api.x", Addressed::Api(b"")),
            ("vpce-0a-1b.execute-api.us-east-1.vpce.amazonaws.com", Addressed::VpcEndpoint),
            (
                "execute-api.us-east-1.amazonaws.com",
                Addressed::Domain(b"execute-api.us-east-1.amazonaws.com"),
            ),
            ("abc.execute-api", Addressed::Domain(b"abc.execute-api")),
            ("abc.execute-apis.x", Addressed::Domain(b"abc.execute-apis.x")),
            ("localhost", Addressed::Domain(b"localhost")),
        ] {
            assert_eq!(addressed(host.as_bytes()), expected, "{host}");
        }
    }

    #[test]
    fn a_path_form_names_api_and_stage() {
        let execute = |api_id, path| Some(PathForm::ExecuteApi { api_id, path });
        let user =
            |api_id, base_path, path| Some(PathForm::UserRequest { api_id, base_path, path });
        for (path, expected) in [
            ("/_aws/execute-api/abc/prod/pets", execute(b"abc", b"/prod/pets")),
            ("/_aws/execute-api/abc", execute(b"abc", b"")),
            ("/_aws/execute-api/", execute(b"", b"")),
            ("/_aws/other", None),
            ("/restapis/abc/prod/_user_request_/pets", user(b"abc", b"/prod", b"/pets")),
            ("/restapis/abc/prod/_user_request_", user(b"abc", b"/prod", b"")),
            ("/restapis/abc/prod/_user_request_s", None),
            ("/restapis/abc/prod/_user_requests_/x", None),
            ("/restapis/abc/prod", None),
            ("/restapis/abc", None),
            ("/restapis/", None),
            ("/", None),
        ] {
            assert_eq!(path_form(path.as_bytes()), expected, "{path}");
        }
    }
}
