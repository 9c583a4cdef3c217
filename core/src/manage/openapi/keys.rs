//! Which keys may an object have, and what is said of one that it may not?

use crate::definition::Problem;
use crate::manage::document::Entry;
use crate::manage::problems::{did_you_mean, quote};

use super::ApiKind;

/// The keys an object may have.
pub(super) struct ObjectKeys {
    /// What the object is called in messages.
    pub(super) name: &'static str,
    /// Keys that are read, and keys that document and are passed over in silence.
    pub(super) both: &'static [&'static str],
    /// Keys that mean something in REST APIs only.
    pub(super) rest: &'static [&'static str],
    /// Keys that mean something in HTTP APIs only.
    pub(super) http: &'static [&'static str],
}

impl ObjectKeys {
    /// What to say of the key of `entry`, where there is something to say.
    ///
    /// Looking for the key that was meant is left out where `is_brief`.
    pub(super) fn problem(&self, entry: &Entry, kind: ApiKind, is_brief: bool) -> Option<Problem> {
        let key = entry.key.as_str();
        let (own, other, others) = match kind {
            ApiKind::Rest => (self.rest, self.http, "HTTP APIs"),
            ApiKind::Http => (self.http, self.rest, "REST APIs"),
        };
        if self.both.contains(&key) || own.contains(&key) {
            return None;
        }
        if other.contains(&key) {
            let message = format!("{} means something in {others} only and is ignored", quote(key));
            let problem = Problem::warning(entry.key_place, message);
            let may_be_http = kind == ApiKind::Rest && key.starts_with("x-");
            return Some(if may_be_http {
                problem.suggest("set \"x-tollgate-kind: http\" if this is an HTTP API")
            } else {
                problem
            });
        }
        if key.starts_with("x-") {
            return extension_problem(entry, is_brief);
        }
        let message = format!("{} is no key of {} and is ignored", quote(key), self.name);
        let problem = Problem::warning(entry.key_place, message);
        let known = self.both.iter().chain(own).copied();
        Some(match did_you_mean(key, known).filter(|_| !is_brief) {
            Some(suggestion) => problem.suggest(suggestion),
            None => problem,
        })
    }
}

/// What to say of an extension that has no meaning where it stands; extensions of others are
/// none of our business.
fn extension_problem(entry: &Entry, is_brief: bool) -> Option<Problem> {
    let key = entry.key.as_str();
    if let Some((_, belongs)) = EXTENSIONS.iter().find(|(name, _)| *name == key) {
        let message = format!("{} is ignored here", quote(key));
        let suggestion = format!("it belongs {belongs}");
        return Some(Problem::warning(entry.key_place, message).suggest(suggestion));
    }
    let nearest = || {
        let names = EXTENSIONS.iter().map(|(name, _)| *name);
        crate::manage::spelling::nearest_within(key, names, 3)
    };
    let is_ours = ["x-amazon-", "x-aws-", "x-tollgate-"].iter().any(|start| key.starts_with(start));
    if is_brief {
        return is_ours.then(|| unknown_extension(entry));
    }
    match nearest() {
        Some(name) => {
            Some(unknown_extension(entry).suggest(format!("did you mean {}?", quote(name))))
        }
        None => is_ours.then(|| unknown_extension(entry)),
    }
}

fn unknown_extension(entry: &Entry) -> Problem {
    let message = format!("the extension {} is unknown and ignored", quote(&entry.key));
    Problem::warning(entry.key_place, message)
}

/// Every extension that is known, with where it belongs.
const EXTENSIONS: [(&str, &str); 22] = [
    ("x-amazon-apigateway-any-method", "into a path item"),
    ("x-amazon-apigateway-api-key-source", "to the document's root"),
    ("x-amazon-apigateway-auth", "into an operation"),
    ("x-amazon-apigateway-authorizer", "into a security scheme"),
    ("x-amazon-apigateway-authtype", "into a security scheme"),
    ("x-amazon-apigateway-binary-media-types", "to the document's root"),
    ("x-amazon-apigateway-cors", "to the document's root"),
    ("x-amazon-apigateway-documentation", "to the document's root"),
    ("x-amazon-apigateway-endpoint-access-mode", "to the document's root"),
    ("x-amazon-apigateway-endpoint-configuration", "to the document's root or into a server"),
    ("x-amazon-apigateway-gateway-responses", "to the document's root"),
    ("x-amazon-apigateway-importexport-version", "to the document's root"),
    ("x-amazon-apigateway-integration", "into an operation"),
    ("x-amazon-apigateway-integrations", "into \"components\""),
    ("x-amazon-apigateway-minimum-compression-size", "to the document's root"),
    ("x-amazon-apigateway-policy", "to the document's root"),
    ("x-amazon-apigateway-request-validator", "to the document's root or into an operation"),
    ("x-amazon-apigateway-request-validators", "to the document's root"),
    ("x-amazon-apigateway-security-policy", "to the document's root"),
    ("x-amazon-apigateway-tag-value", "into a tag"),
    ("x-tollgate-id", "to the document's root"),
    ("x-tollgate-kind", "to the document's root"),
];

const ROOT_EXTENSIONS_REST: &[&str] = &[
    "x-amazon-apigateway-api-key-source",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-documentation",
    "x-amazon-apigateway-endpoint-access-mode",
    "x-amazon-apigateway-gateway-responses",
    "x-amazon-apigateway-minimum-compression-size",
    "x-amazon-apigateway-policy",
    "x-amazon-apigateway-request-validator",
    "x-amazon-apigateway-request-validators",
    "x-amazon-apigateway-security-policy",
];

const ROOT_EXTENSIONS_HTTP: &[&str] =
    &["x-amazon-apigateway-cors", "x-amazon-apigateway-importexport-version"];

/// The root of an OpenAPI 3.0 document.
pub(super) const OPENAPI_ROOT: ObjectKeys = ObjectKeys {
    name: "an OpenAPI document",
    both: &[
        "components",
        "externalDocs",
        "info",
        "openapi",
        "paths",
        "security",
        "servers",
        "tags",
        "x-amazon-apigateway-endpoint-configuration",
        "x-tollgate-id",
        "x-tollgate-kind",
    ],
    rest: ROOT_EXTENSIONS_REST,
    http: ROOT_EXTENSIONS_HTTP,
};

/// The root of a Swagger 2.0 document.
pub(super) const SWAGGER_ROOT: ObjectKeys = ObjectKeys {
    name: "a Swagger document",
    both: &[
        "basePath",
        "consumes",
        "definitions",
        "externalDocs",
        "host",
        "info",
        "parameters",
        "paths",
        "produces",
        "responses",
        "schemes",
        "security",
        "securityDefinitions",
        "swagger",
        "tags",
        "x-amazon-apigateway-endpoint-configuration",
        "x-tollgate-id",
        "x-tollgate-kind",
    ],
    rest: ROOT_EXTENSIONS_REST,
    http: ROOT_EXTENSIONS_HTTP,
};

/// `info`
pub(super) const INFO: ObjectKeys = ObjectKeys {
    name: "\"info\"",
    both: &["contact", "description", "license", "summary", "termsOfService", "title", "version"],
    rest: &[],
    http: &[],
};

/// `components`
pub(super) const COMPONENTS: ObjectKeys = ObjectKeys {
    name: "\"components\"",
    both: &[
        "callbacks",
        "examples",
        "headers",
        "links",
        "parameters",
        "pathItems",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
    ],
    rest: &[],
    http: &["x-amazon-apigateway-integrations"],
};

/// An element of `servers`
pub(super) const SERVER: ObjectKeys = ObjectKeys {
    name: "a server",
    both: &["description", "url", "variables", "x-amazon-apigateway-endpoint-configuration"],
    rest: &[],
    http: &[],
};

/// An element of the root's `tags`
pub(super) const TAG: ObjectKeys = ObjectKeys {
    name: "a tag",
    both: &["description", "externalDocs", "name"],
    rest: &[],
    http: &["x-amazon-apigateway-tag-value"],
};

/// `x-amazon-apigateway-endpoint-configuration`
pub(super) const ENDPOINT_CONFIGURATION: ObjectKeys = ObjectKeys {
    name: "the endpoint configuration",
    both: &["disableExecuteApiEndpoint", "ipAddressType"],
    rest: &["types", "vpcEndpointIds"],
    http: &[],
};

/// A path item
pub(super) const PATH_ITEM: ObjectKeys = ObjectKeys {
    name: "a path item",
    both: &[
        "$ref",
        "any",
        "delete",
        "description",
        "get",
        "head",
        "options",
        "parameters",
        "patch",
        "post",
        "put",
        "servers",
        "summary",
        "trace",
        "x-amazon-apigateway-any-method",
    ],
    rest: &[],
    http: &[],
};

/// An operation
pub(super) const OPERATION: ObjectKeys = ObjectKeys {
    name: "an operation",
    both: &[
        "callbacks",
        "consumes",
        "deprecated",
        "description",
        "externalDocs",
        "operationId",
        "parameters",
        "produces",
        "requestBody",
        "responses",
        "schemes",
        "security",
        "servers",
        "summary",
        "tags",
        "x-amazon-apigateway-integration",
    ],
    rest: &["x-amazon-apigateway-auth", "x-amazon-apigateway-request-validator"],
    http: &["isDefaultRoute"],
};

/// A parameter
pub(super) const PARAMETER: ObjectKeys = ObjectKeys {
    name: "a parameter",
    both: &[
        "$ref",
        "allowEmptyValue",
        "allowReserved",
        "collectionFormat",
        "content",
        "default",
        "deprecated",
        "description",
        "enum",
        "example",
        "examples",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "explode",
        "format",
        "in",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "name",
        "pattern",
        "required",
        "schema",
        "style",
        "type",
        "uniqueItems",
    ],
    rest: &[],
    http: &[],
};

/// A request body
pub(super) const REQUEST_BODY: ObjectKeys = ObjectKeys {
    name: "a request body",
    both: &["$ref", "content", "description", "required"],
    rest: &[],
    http: &[],
};

/// A response of an operation
pub(super) const RESPONSE: ObjectKeys = ObjectKeys {
    name: "a response",
    both: &["$ref", "content", "description", "examples", "headers", "links", "schema"],
    rest: &[],
    http: &[],
};

/// A media type under `content`
pub(super) const MEDIA_TYPE: ObjectKeys = ObjectKeys {
    name: "a media type",
    both: &["encoding", "example", "examples", "schema"],
    rest: &[],
    http: &[],
};

/// A security scheme
pub(super) const SECURITY_SCHEME: ObjectKeys = ObjectKeys {
    name: "a security scheme",
    both: &[
        "$ref",
        "authorizationUrl",
        "bearerFormat",
        "description",
        "flow",
        "flows",
        "in",
        "name",
        "openIdConnectUrl",
        "scheme",
        "scopes",
        "tokenUrl",
        "type",
        "x-amazon-apigateway-authorizer",
        "x-amazon-apigateway-authtype",
    ],
    rest: &[],
    http: &[],
};

/// `x-amazon-apigateway-authorizer`
pub(super) const AUTHORIZER: ObjectKeys = ObjectKeys {
    name: "an authorizer",
    both: &[
        "authorizerCredentials",
        "authorizerResultTtlInSeconds",
        "authorizerUri",
        "identitySource",
        "type",
    ],
    rest: &["identityValidationExpression", "providerARNs"],
    http: &["authorizerPayloadFormatVersion", "enableSimpleResponses", "jwtConfiguration"],
};

/// `x-amazon-apigateway-integration`
pub(super) const INTEGRATION: ObjectKeys = ObjectKeys {
    name: "an integration",
    both: &[
        "connectionId",
        "connectionType",
        "credentials",
        "description",
        "httpMethod",
        "requestParameters",
        "timeoutInMillis",
        "tlsConfig",
        "type",
        "uri",
    ],
    rest: &[
        "cacheKeyParameters",
        "cacheNamespace",
        "contentHandling",
        "integrationTarget",
        "passthroughBehavior",
        "requestTemplates",
        "responseTransferMode",
        "responses",
    ],
    http: &["$ref", "integrationSubtype", "payloadFormatVersion", "responseParameters"],
};

/// `tlsConfig`
pub(super) const TLS_CONFIG: ObjectKeys = ObjectKeys {
    name: "\"tlsConfig\"",
    both: &[],
    rest: &["insecureSkipVerification"],
    http: &["serverNameToVerify"],
};

/// A response of an integration
pub(super) const INTEGRATION_RESPONSE: ObjectKeys = ObjectKeys {
    name: "an integration response",
    both: &["contentHandling", "responseParameters", "responseTemplates", "statusCode"],
    rest: &[],
    http: &[],
};

/// A gateway response
pub(super) const GATEWAY_RESPONSE: ObjectKeys = ObjectKeys {
    name: "a gateway response",
    both: &["responseParameters", "responseTemplates", "statusCode"],
    rest: &[],
    http: &[],
};

/// A request validator
pub(super) const REQUEST_VALIDATOR: ObjectKeys = ObjectKeys {
    name: "a request validator",
    both: &["validateRequestBody", "validateRequestParameters"],
    rest: &[],
    http: &[],
};

/// `x-amazon-apigateway-cors`
pub(super) const CORS: ObjectKeys = ObjectKeys {
    name: "the CORS configuration",
    both: &[
        "allowCredentials",
        "allowHeaders",
        "allowMethods",
        "allowOrigins",
        "exposeHeaders",
        "maxAge",
    ],
    rest: &[],
    http: &[],
};
