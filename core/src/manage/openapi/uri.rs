//! Is the URI of an integration one that can be called?

use crate::manage::problems::quote;

/// What is wrong with a URI, and what to write instead.
pub(super) type UriProblem = (String, Option<String>);

/// The parts of a URI that are filled in when it is called.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Variables<'a> {
    /// Names in `{name}`, in order.
    pub(super) path: Vec<&'a str>,
    /// Whether a `${stageVariables.name}` stands anywhere.
    pub(super) has_stage_variables: bool,
}

/// Finds the variables of `uri`, or what is wrong with them.
pub(super) fn variables(uri: &str) -> Result<Variables<'_>, UriProblem> {
    let mut variables = Variables::default();
    let mut rest = uri;
    while let Some(at) = rest.find(['{', '}']) {
        let is_stage_variable = rest[..at].ends_with('$');
        let Some(end) = rest[at..].find('}').filter(|_| rest[at..].starts_with('{')) else {
            return Err((format!("a brace without its pair in {}", quote(uri)), None));
        };
        let name = &rest[at + 1..at + end];
        if is_stage_variable {
            let is_name = |name: &str| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            };
            if !name.strip_prefix("stageVariables.").is_some_and(is_name) {
                let message = format!("{} is no stage variable", quote(&format!("${{{name}}}")));
                return Err((message, Some("write \"${stageVariables.name}\"".into())));
            }
            variables.has_stage_variables = true;
        } else {
            if name.is_empty() || name.contains(['{', '/']) {
                return Err((format!("a variable without name in {}", quote(uri)), None));
            }
            variables.path.push(name);
        }
        rest = &rest[at + end + 1..];
    }
    Ok(variables)
}

/// What keeps `uri` from being an HTTP endpoint.
///
/// A URI may begin with a stage variable; then only its value decides.
pub(super) fn http_endpoint_problem(uri: &str) -> Option<UriProblem> {
    let invalid = |detail: &str, suggestion: Option<String>| {
        Some((
            format!("Invalid HTTP endpoint specified for URI: {detail} in {}", quote(uri)),
            suggestion,
        ))
    };
    if uri.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return invalid("blanks or control characters", None);
    }
    if uri.starts_with("${stageVariables.") {
        return None;
    }
    let Some((scheme, rest)) = uri.split_once("://") else {
        return invalid(
            "no scheme",
            Some(format!("write \"https://{}\"", uri.trim_start_matches('/'))),
        );
    };
    if !["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return invalid("a scheme other than http and https", None);
    }
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    authority_problem(authority).and_then(|detail| invalid(detail, None))
}

fn authority_problem(authority: &str) -> Option<&'static str> {
    if authority.contains('@') {
        return Some("credentials before the host");
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return Some("an address without \"]\"");
            };
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return Some("a malformed address");
            }
            (address, port.strip_prefix(':').or((!port.is_empty()).then_some("")))
        }
        None => match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Some("no host");
    }
    let is_host_byte = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'$' | b'{' | b'}')
    };
    if !host.bytes().all(is_host_byte) {
        return Some("a malformed host");
    }
    let is_port = |port: &str| {
        port.contains('{')
            || port.parse::<u16>().is_ok_and(|number| number > 0 && !port.starts_with('+'))
    };
    port.filter(|port| !is_port(port)).map(|_| "a malformed port")
}

/// The port that `uri` names, where AWS would not call it: "ports 80, 443, 1024–65535".
pub(super) fn uncommon_port(uri: &str) -> Option<u16> {
    let (_, rest) = uri.split_once("://")?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let port = authority.rsplit_once(':')?.1.parse().ok()?;
    (port < 1024 && port != 80 && port != 443).then_some(port)
}

/// What keeps `uri` from being the ARN of an AWS integration of a REST API:
/// `arn:aws:apigateway:{region}:{[subdomain.]service}:{path|action}/{…}`.
pub(super) fn aws_arn_problem(uri: &str, is_proxy: bool) -> Option<UriProblem> {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let [arn, _, service_of_arn, _, service, action] = parts.as_slice() else {
        return Some((
            format!("Invalid ARN specified in the request: {}", quote(uri)),
            lambda_hint(uri),
        ));
    };
    if *arn != "arn" || *service_of_arn != "apigateway" {
        return Some((
            format!("Invalid ARN specified in the request: {}", quote(uri)),
            lambda_hint(uri),
        ));
    }
    if !action.starts_with("path/") && !action.starts_with("action/") && !action.contains("${") {
        return Some(("AWS ARN for integration must contain path or action".into(), None));
    }
    let service = service.rsplit('.').next().unwrap_or(service);
    let is_called_by_proxy = matches!(service, "lambda" | "firehose") || service.contains("${");
    (is_proxy && !is_called_by_proxy).then(|| {
        let message = "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.";
        (message.into(), None)
    })
}

/// A function's own ARN is the usual mistake.
fn lambda_hint(uri: &str) -> Option<String> {
    uri.contains(":lambda:").then(|| {
        format!(
            "write \"arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/{uri}/invocations\""
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_that_can_be_called_pass() {
        for uri in [
            "http://a",
            "https://a.example/x/{proxy}?q={q}#f",
            "HTTPS://A.EXAMPLE:8443",
            "http://127.0.0.1:8081/",
            "http://[::1]:80/x",
            "http://[::1]",
            "${stageVariables.url}/x",
            "http://${stageVariables.host}:${stageVariables.port}/x",
            "https://{tenant}.example/x",
        ] {
            assert_eq!(http_endpoint_problem(uri), None, "{uri}");
            assert!(variables(uri).is_ok(), "{uri}");
        }
    }

    #[test]
    fn other_endpoints_are_told_what_they_lack() {
        for (uri, detail) in [
            ("", "no scheme"),
            ("a.example/x", "no scheme"),
            ("ftp://a", "a scheme other"),
            ("http://", "no host"),
            ("http://:80", "no host"),
            ("http://a b/", "blanks"),
            ("http://a:port/", "a malformed port"),
            ("http://a:0/", "a malformed port"),
            ("http://a:99999/", "a malformed port"),
            ("http://[::1", "an address without"),
            ("http://[zz]/", "a malformed address"),
            ("http://[::1]x/", "a malformed port"),
            ("http://u:p@a/", "credentials"),
            ("http://é.example/", "a malformed host"),
        ] {
            let problem =
                http_endpoint_problem(uri).map(|(message, _)| message).unwrap_or_default();
            assert!(problem.contains(detail), "{uri}: {problem}");
        }
    }

    #[test]
    fn variables_are_found_in_order() {
        let found = variables("http://${stageVariables.h}/{a}/{b}?c={c}").expect("they are good");
        assert_eq!(found, Variables { path: vec!["a", "b", "c"], has_stage_variables: true });
        for uri in ["{", "}", "a{b", "a}b", "{}", "{a{b}}", "${x}", "${stageVariables.}", "{a/b}"] {
            assert!(variables(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn arns_name_a_service_and_what_to_do() {
        let invocation = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:f/invocations";
        assert_eq!(aws_arn_problem(invocation, true), None);
        assert_eq!(aws_arn_problem("arn:aws:apigateway:r:sqs:action/SendMessage", false), None);
        for (uri, is_proxy) in [
            ("arn:aws:apigateway:r:sqs:action/SendMessage", true),
            ("arn:aws:apigateway:r:sqs:x", false),
            ("arn:aws:lambda:r:1:function:f", true),
            ("https://x", false),
        ] {
            assert!(aws_arn_problem(uri, is_proxy).is_some(), "{uri}");
        }
    }

    #[test]
    fn ports_that_aws_does_not_call_are_found() {
        for (uri, expected) in [
            ("http://a:81/", Some(81)),
            ("http://a:80/", None),
            ("http://a:8081", None),
            ("http://a", None),
            ("http://a:x", None),
        ] {
            assert_eq!(uncommon_port(uri), expected, "{uri}");
        }
    }
}
