//! Is the URI of an AWS integration an ARN that can be called?
//!
//! The URIs of HTTP integrations are read, and refused, by the room that calls them.

use crate::manage::problems::quote;

/// What is wrong with an ARN, and what to write instead.
pub(super) type ArnProblem = (String, Option<String>);

/// What keeps `uri` from being the ARN of an AWS integration of a REST API:
/// `arn:aws:apigateway:{region}:{[subdomain.]service}:{path|action}/{…}`.
pub(super) fn integration_problem(uri: &str, is_proxy: bool) -> Option<ArnProblem> {
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
    fn arns_name_a_service_and_what_to_do() {
        let invocation = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:f/invocations";
        assert_eq!(integration_problem(invocation, true), None);
        assert_eq!(integration_problem("arn:aws:apigateway:r:sqs:action/SendMessage", false), None);
        for (uri, is_proxy) in [
            ("arn:aws:apigateway:r:sqs:action/SendMessage", true),
            ("arn:aws:apigateway:r:sqs:x", false),
            ("arn:aws:lambda:r:1:function:f", true),
            ("https://x", false),
        ] {
            assert!(integration_problem(uri, is_proxy).is_some(), "{uri}");
        }
    }
}
