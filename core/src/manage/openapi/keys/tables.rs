//! Which keys does each object of a document have?

use super::ObjectKeys;

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
pub(in crate::manage::openapi) const OPENAPI_ROOT: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const SWAGGER_ROOT: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const INFO: ObjectKeys = ObjectKeys {
    name: "\"info\"",
    both: &["contact", "description", "license", "summary", "termsOfService", "title", "version"],
    rest: &[],
    http: &[],
};

/// `components`
pub(in crate::manage::openapi) const COMPONENTS: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const SERVER: ObjectKeys = ObjectKeys {
    name: "a server",
    both: &["description", "url", "variables", "x-amazon-apigateway-endpoint-configuration"],
    rest: &[],
    http: &[],
};

/// An element of the root's `tags`
pub(in crate::manage::openapi) const TAG: ObjectKeys = ObjectKeys {
    name: "a tag",
    both: &["description", "externalDocs", "name"],
    rest: &[],
    http: &["x-amazon-apigateway-tag-value"],
};

/// `x-amazon-apigateway-endpoint-configuration`
pub(in crate::manage::openapi) const ENDPOINT_CONFIGURATION: ObjectKeys = ObjectKeys {
    name: "the endpoint configuration",
    both: &["disableExecuteApiEndpoint", "ipAddressType"],
    rest: &["types", "vpcEndpointIds"],
    http: &[],
};

/// A path item
pub(in crate::manage::openapi) const PATH_ITEM: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const OPERATION: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const PARAMETER: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const REQUEST_BODY: ObjectKeys = ObjectKeys {
    name: "a request body",
    both: &["$ref", "content", "description", "required"],
    rest: &[],
    http: &[],
};

/// A response of an operation
pub(in crate::manage::openapi) const RESPONSE: ObjectKeys = ObjectKeys {
    name: "a response",
    both: &["$ref", "content", "description", "examples", "headers", "links", "schema"],
    rest: &[],
    http: &[],
};

/// A media type under `content`
pub(in crate::manage::openapi) const MEDIA_TYPE: ObjectKeys = ObjectKeys {
    name: "a media type",
    both: &["encoding", "example", "examples", "schema"],
    rest: &[],
    http: &[],
};

/// A security scheme
pub(in crate::manage::openapi) const SECURITY_SCHEME: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const AUTHORIZER: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const INTEGRATION: ObjectKeys = ObjectKeys {
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
pub(in crate::manage::openapi) const TLS_CONFIG: ObjectKeys = ObjectKeys {
    name: "\"tlsConfig\"",
    both: &[],
    rest: &["insecureSkipVerification"],
    http: &["serverNameToVerify"],
};

/// A response of an integration
pub(in crate::manage::openapi) const INTEGRATION_RESPONSE: ObjectKeys = ObjectKeys {
    name: "an integration response",
    both: &["contentHandling", "responseParameters", "responseTemplates", "statusCode"],
    rest: &[],
    http: &[],
};

/// A gateway response
pub(in crate::manage::openapi) const GATEWAY_RESPONSE: ObjectKeys = ObjectKeys {
    name: "a gateway response",
    both: &["responseParameters", "responseTemplates", "statusCode"],
    rest: &[],
    http: &[],
};

/// A request validator
pub(in crate::manage::openapi) const REQUEST_VALIDATOR: ObjectKeys = ObjectKeys {
    name: "a request validator",
    both: &["validateRequestBody", "validateRequestParameters"],
    rest: &[],
    http: &[],
};

/// `x-amazon-apigateway-cors`
pub(in crate::manage::openapi) const CORS: ObjectKeys = ObjectKeys {
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
