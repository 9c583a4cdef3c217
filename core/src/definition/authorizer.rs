//! Who decides about a caller, as written?

use super::Place;

/// An authorizer of a REST or HTTP API (`x-amazon-apigateway-authorizer`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorizer {
    /// How it decides.
    pub kind: AuthorizerKind,
    /// `authorizerUri`: the function it asks.
    pub uri: Option<String>,
    /// `authorizerCredentials`
    pub credentials: Option<String>,
    /// `identitySource`; the scheme's own header where that is absent and the kind is `Token`.
    pub identity_source: Option<String>,
    /// `identityValidationExpression`
    pub identity_validation_expression: Option<String>,
    /// `authorizerResultTtlInSeconds`, 0 to 3,600.
    pub result_ttl_s: Option<u32>,
    /// `providerARNs`: the user pools.
    pub provider_arns: Vec<String>,
    /// `jwtConfiguration.issuer`
    pub issuer: Option<String>,
    /// `jwtConfiguration.audience`
    pub audience: Vec<String>,
    /// `authorizerPayloadFormatVersion`
    pub payload_format_version: Option<String>,
    /// `enableSimpleResponses`
    pub enable_simple_responses: bool,
    /// Place of the authorizer.
    pub place: Place,
}

/// How an authorizer decides (`type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizerKind {
    /// `token`: a function sees one header.
    Token,
    /// `request`: a function sees the request.
    Request,
    /// `cognito_user_pools`
    CognitoUserPools,
    /// `jwt` (HTTP APIs).
    Jwt,
}

impl AuthorizerKind {
    /// The `authorizationType` of a method or route that has such an authorizer.
    pub fn authorization_type(self) -> &'static str {
        match self {
            Self::Token | Self::Request => "CUSTOM",
            Self::CognitoUserPools => "COGNITO_USER_POOLS",
            Self::Jwt => "JWT",
        }
    }
}
