//! How are definitions for tests written in few lines?

/// A REST API whose every path and verb goes to `origin` (a URL without path), as it stands.
pub(crate) fn everything(origin: &str) -> String {
    rest(&format!(
        "{}{}",
        method("/", "x-amazon-apigateway-any-method", &http_proxy(origin, "/")),
        greedy(origin)
    ))
}

/// A REST API with these paths.
pub(crate) fn rest(paths: &str) -> String {
    format!(
        "openapi: 3.0.1\ninfo: {{title: test, version: '1'}}\nx-tollgate-kind: rest\npaths:\n{paths}"
    )
}

/// An HTTP API with these paths, such as `/pets` or `/$default`.
pub(crate) fn http(paths: &str) -> String {
    format!(
        "openapi: 3.0.1\ninfo: {{title: test, version: '1'}}\nx-tollgate-kind: http\npaths:\n{paths}"
    )
}

/// One method of one path; `integration` as flow mapping.
pub(crate) fn method(path: &str, verb: &str, integration: &str) -> String {
    format!(
        "  {path}:\n    {verb}:\n      responses: {RESPONSES}\n      \
         x-amazon-apigateway-integration: {integration}\n"
    )
}

/// Method responses, which MOCK needs.
const RESPONSES: &str =
    "{'200': {description: a}, '201': {description: b}, '404': {description: c}}";

/// As [`http_proxy`], for HTTP APIs.
pub(crate) fn http_api_proxy(origin: &str, path: &str) -> String {
    format!(
        "{{type: http_proxy, httpMethod: ANY, uri: '{origin}{path}', payloadFormatVersion: '1.0'}}"
    )
}

/// An integration that sends everything to `path` of `origin`.
pub(crate) fn http_proxy(origin: &str, path: &str) -> String {
    format!("{{type: http_proxy, httpMethod: ANY, uri: '{origin}{path}'}}")
}

/// An integration that answers by itself.
pub(crate) fn mock(status: u16, body: &str) -> String {
    format!(
        "{{type: mock, requestTemplates: {{application/json: '{{\"statusCode\": {status}}}'}}, \
         responses: {{default: {{statusCode: '{status}', responseTemplates: \
         {{application/json: '{body}'}}}}}}}}"
    )
}

fn greedy(origin: &str) -> String {
    format!(
        "  /{{proxy+}}:\n    x-amazon-apigateway-any-method:\n      \
         parameters: [{{name: proxy, in: path, required: true, schema: {{type: string}}}}]\n      \
         responses: {{default: {{description: any}}}}\n      \
         x-amazon-apigateway-integration:\n        type: http_proxy\n        httpMethod: ANY\n        \
         uri: '{origin}/{{proxy}}'\n        requestParameters:\n          \
         integration.request.path.proxy: method.request.path.proxy\n"
    )
}
