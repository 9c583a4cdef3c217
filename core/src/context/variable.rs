//! Which `$context` variables exist, and where does AWS offer each?

/// A `$context` variable.
///
/// Every name of AWS's tables is known, so that a mapping or log format that uses one compiles;
/// a variable whose feature is not built is simply unavailable in every exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is the variable of that name")]
#[repr(u8)]
pub enum Variable {
    AccountId,
    ApiId,
    AuthenticateError,
    AuthenticateLatency,
    AuthenticateStatus,
    AuthorizeError,
    AuthorizeLatency,
    AuthorizeStatus,
    AuthorizerClaims,
    AuthorizerClaimsProperty,
    AuthorizerError,
    AuthorizerIntegrationLatency,
    AuthorizerIntegrationStatus,
    AuthorizerLatency,
    AuthorizerPrincipalId,
    AuthorizerProperty,
    AuthorizerRequestId,
    AuthorizerStatus,
    AwsEndpointRequestId,
    CipherSuite,
    ConnectedAt,
    ConnectionId,
    CustomDomainBasePathMatched,
    CustomDomainRoutingRuleIdMatched,
    DataProcessed,
    DeploymentId,
    DomainName,
    DomainPrefix,
    EndpointType,
    ErrorMessage,
    ErrorMessageString,
    ErrorResponseType,
    ErrorValidationErrorString,
    EventType,
    ExtendedRequestId,
    HttpMethod,
    IdentityAccountId,
    IdentityApiKey,
    IdentityApiKeyId,
    IdentityCaller,
    IdentityClientCertClientCertPem,
    IdentityClientCertIssuerDn,
    IdentityClientCertSerialNumber,
    IdentityClientCertSubjectDn,
    IdentityClientCertValidityNotAfter,
    IdentityClientCertValidityNotBefore,
    IdentityCognitoAuthenticationProvider,
    IdentityCognitoAuthenticationType,
    IdentityCognitoIdentityId,
    IdentityCognitoIdentityPoolId,
    IdentityPrincipalOrgId,
    IdentitySourceIp,
    IdentityUser,
    IdentityUserAgent,
    IdentityUserArn,
    IdentityVpcId,
    IdentityVpceId,
    IntegrationError,
    IntegrationIntegrationStatus,
    IntegrationLatency,
    IntegrationRequestId,
    IntegrationResponseTransferMode,
    IntegrationStatus,
    IntegrationTimeToAllHeaders,
    IntegrationTimeToFirstContent,
    IntegrationErrorMessage,
    IntegrationLatencyAlias,
    IntegrationStatusAlias,
    IsCanaryRequest,
    MessageId,
    Path,
    Protocol,
    RequestId,
    RequestOverrideHeaderHeaderName,
    RequestOverridePathPathName,
    RequestOverrideQuerystringQuerystringName,
    RequestTime,
    RequestTimeEpoch,
    ResourceId,
    ResourcePath,
    ResponseLatency,
    ResponseLength,
    ResponseOverrideHeaderHeaderName,
    ResponseOverrideStatus,
    RouteKey,
    Stage,
    Status,
    TlsVersion,
    WafError,
    WafLatency,
    WafStatus,
    WafResponseCode,
    WebaclArn,
    XrayTraceId,
}

/// Where a variable may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// In a mapping, template or gateway response of a REST API.
    RestApiTemplate,
    /// In the access log of a REST API.
    RestApiAccessLog,
    /// In the access log or a parameter mapping of an HTTP API.
    HttpApi,
}

impl Use {
    /// The bit of this use in the table below.
    fn bit(self) -> u8 {
        match self {
            Self::RestApiTemplate => 0b10000,
            Self::RestApiAccessLog => 0b01000,
            Self::HttpApi => 0b00100,
        }
    }
}

/// Name, variable and availability, sorted by name.
///
/// The bits stand for REST template, REST access log, HTTP API access log, WebSocket template and
/// WebSocket access log, as AWS's variable tables list them.
#[rustfmt::skip]
const TABLE: [(&str, Variable, u8); 94] = [
    ("accountId", Variable::AccountId, 0b11100),
    ("apiId", Variable::ApiId, 0b11111),
    ("authenticate.error", Variable::AuthenticateError, 0b01001),
    ("authenticate.latency", Variable::AuthenticateLatency, 0b01001),
    ("authenticate.status", Variable::AuthenticateStatus, 0b01001),
    ("authorize.error", Variable::AuthorizeError, 0b01001),
    ("authorize.latency", Variable::AuthorizeLatency, 0b01001),
    ("authorize.status", Variable::AuthorizeStatus, 0b01001),
    ("authorizer.claims", Variable::AuthorizerClaims, 0b11100),
    ("authorizer.claims.property", Variable::AuthorizerClaimsProperty, 0b11100),
    ("authorizer.error", Variable::AuthorizerError, 0b01101),
    ("authorizer.integrationLatency", Variable::AuthorizerIntegrationLatency, 0b01001),
    ("authorizer.integrationStatus", Variable::AuthorizerIntegrationStatus, 0b01001),
    ("authorizer.latency", Variable::AuthorizerLatency, 0b01001),
    ("authorizer.principalId", Variable::AuthorizerPrincipalId, 0b11011),
    ("authorizer.property", Variable::AuthorizerProperty, 0b11111),
    ("authorizer.requestId", Variable::AuthorizerRequestId, 0b01001),
    ("authorizer.status", Variable::AuthorizerStatus, 0b01001),
    ("awsEndpointRequestId", Variable::AwsEndpointRequestId, 0b11101),
    ("cipherSuite", Variable::CipherSuite, 0b01000),
    ("connectedAt", Variable::ConnectedAt, 0b00011),
    ("connectionId", Variable::ConnectionId, 0b00011),
    ("customDomain.basePathMatched", Variable::CustomDomainBasePathMatched, 0b01100),
    ("customDomain.routingRuleIdMatched", Variable::CustomDomainRoutingRuleIdMatched, 0b01000),
    ("dataProcessed", Variable::DataProcessed, 0b00100),
    ("deploymentId", Variable::DeploymentId, 0b11000),
    ("domainName", Variable::DomainName, 0b11111),
    ("domainPrefix", Variable::DomainPrefix, 0b11100),
    ("endpointType", Variable::EndpointType, 0b01000),
    ("error.message", Variable::ErrorMessage, 0b11111),
    ("error.messageString", Variable::ErrorMessageString, 0b11111),
    ("error.responseType", Variable::ErrorResponseType, 0b11101),
    ("error.validationErrorString", Variable::ErrorValidationErrorString, 0b11011),
    ("eventType", Variable::EventType, 0b00011),
    ("extendedRequestId", Variable::ExtendedRequestId, 0b11111),
    ("httpMethod", Variable::HttpMethod, 0b11100),
    ("identity.accountId", Variable::IdentityAccountId, 0b11111),
    ("identity.apiKey", Variable::IdentityApiKey, 0b11011),
    ("identity.apiKeyId", Variable::IdentityApiKeyId, 0b11011),
    ("identity.caller", Variable::IdentityCaller, 0b11111),
    ("identity.clientCert.clientCertPem", Variable::IdentityClientCertClientCertPem, 0b11100),
    ("identity.clientCert.issuerDN", Variable::IdentityClientCertIssuerDn, 0b11100),
    ("identity.clientCert.serialNumber", Variable::IdentityClientCertSerialNumber, 0b11100),
    ("identity.clientCert.subjectDN", Variable::IdentityClientCertSubjectDn, 0b11100),
    ("identity.clientCert.validity.notAfter", Variable::IdentityClientCertValidityNotAfter, 0b11100),
    ("identity.clientCert.validity.notBefore", Variable::IdentityClientCertValidityNotBefore, 0b11100),
    ("identity.cognitoAuthenticationProvider", Variable::IdentityCognitoAuthenticationProvider, 0b11111),
    ("identity.cognitoAuthenticationType", Variable::IdentityCognitoAuthenticationType, 0b11111),
    ("identity.cognitoIdentityId", Variable::IdentityCognitoIdentityId, 0b11111),
    ("identity.cognitoIdentityPoolId", Variable::IdentityCognitoIdentityPoolId, 0b11111),
    ("identity.principalOrgId", Variable::IdentityPrincipalOrgId, 0b11101),
    ("identity.sourceIp", Variable::IdentitySourceIp, 0b11111),
    ("identity.user", Variable::IdentityUser, 0b11111),
    ("identity.userAgent", Variable::IdentityUserAgent, 0b11111),
    ("identity.userArn", Variable::IdentityUserArn, 0b11111),
    ("identity.vpcId", Variable::IdentityVpcId, 0b11000),
    ("identity.vpceId", Variable::IdentityVpceId, 0b11000),
    ("integration.error", Variable::IntegrationError, 0b01101),
    ("integration.integrationStatus", Variable::IntegrationIntegrationStatus, 0b01101),
    ("integration.latency", Variable::IntegrationLatency, 0b01101),
    ("integration.requestId", Variable::IntegrationRequestId, 0b01101),
    ("integration.responseTransferMode", Variable::IntegrationResponseTransferMode, 0b01000),
    ("integration.status", Variable::IntegrationStatus, 0b01101),
    ("integration.timeToAllHeaders", Variable::IntegrationTimeToAllHeaders, 0b01000),
    ("integration.timeToFirstContent", Variable::IntegrationTimeToFirstContent, 0b01000),
    ("integrationErrorMessage", Variable::IntegrationErrorMessage, 0b00100),
    ("integrationLatency", Variable::IntegrationLatencyAlias, 0b01101),
    ("integrationStatus", Variable::IntegrationStatusAlias, 0b01101),
    ("isCanaryRequest", Variable::IsCanaryRequest, 0b11000),
    ("messageId", Variable::MessageId, 0b00011),
    ("path", Variable::Path, 0b11100),
    ("protocol", Variable::Protocol, 0b11100),
    ("requestId", Variable::RequestId, 0b11111),
    ("requestOverride.header.header_name", Variable::RequestOverrideHeaderHeaderName, 0b11000),
    ("requestOverride.path.path_name", Variable::RequestOverridePathPathName, 0b11000),
    ("requestOverride.querystring.querystring_name", Variable::RequestOverrideQuerystringQuerystringName, 0b11000),
    ("requestTime", Variable::RequestTime, 0b11111),
    ("requestTimeEpoch", Variable::RequestTimeEpoch, 0b11111),
    ("resourceId", Variable::ResourceId, 0b11000),
    ("resourcePath", Variable::ResourcePath, 0b11000),
    ("responseLatency", Variable::ResponseLatency, 0b01100),
    ("responseLength", Variable::ResponseLength, 0b01100),
    ("responseOverride.header.header_name", Variable::ResponseOverrideHeaderHeaderName, 0b11000),
    ("responseOverride.status", Variable::ResponseOverrideStatus, 0b11000),
    ("routeKey", Variable::RouteKey, 0b00111),
    ("stage", Variable::Stage, 0b11111),
    ("status", Variable::Status, 0b01111),
    ("tlsVersion", Variable::TlsVersion, 0b01000),
    ("waf.error", Variable::WafError, 0b01001),
    ("waf.latency", Variable::WafLatency, 0b01001),
    ("waf.status", Variable::WafStatus, 0b01001),
    ("wafResponseCode", Variable::WafResponseCode, 0b11000),
    ("webaclArn", Variable::WebaclArn, 0b11000),
    ("xrayTraceId", Variable::XrayTraceId, 0b01000),
];

/// Prefixes under which any key may follow, and the variable that such a name is.
///
/// `authorizer.` comes last because `authorizer.claims.` is the more specific of the two.
const KEYED: [(&str, Variable); 6] = [
    ("authorizer.claims.", Variable::AuthorizerClaimsProperty),
    ("requestOverride.header.", Variable::RequestOverrideHeaderHeaderName),
    ("requestOverride.path.", Variable::RequestOverridePathPathName),
    ("requestOverride.querystring.", Variable::RequestOverrideQuerystringQuerystringName),
    ("responseOverride.header.", Variable::ResponseOverrideHeaderHeaderName),
    ("authorizer.", Variable::AuthorizerProperty),
];

impl Variable {
    /// How many variables exist.
    pub const COUNT: usize = TABLE.len();

    /// The variable called `name`, without `$context.`; names are case-sensitive.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Ok(found) = TABLE.binary_search_by(|row| row.0.cmp(name)) {
            return Some(TABLE[found].1);
        }
        KEYED
            .into_iter()
            .find(|(prefix, _)| name.len() > prefix.len() && name.starts_with(prefix))
            .map(|(_, variable)| variable)
    }

    /// The name without `$context.`.
    pub fn as_str(self) -> &'static str {
        TABLE[self as usize].0
    }

    /// Whether AWS offers the variable there; elsewhere it is never available.
    pub fn is_offered_in(self, used: Use) -> bool {
        TABLE[self as usize].2 & used.bit() != 0
    }

    /// The known name that looks most like `name`, to suggest it for one that is misspelled.
    pub fn nearest(name: &str) -> Option<&'static str> {
        TABLE
            .iter()
            .map(|row| (distance(row.0, name), row.0))
            .min()
            .filter(|(distance, _)| *distance <= 2)
            .map(|(_, known)| known)
    }
}

/// How many letters must be added, removed or changed to make `right` of `left`, case aside.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<u8> = right.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, byte) in left.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(byte.to_ascii_lowercase() != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_in_the_order_of_the_enum() {
        for (position, pair) in TABLE.windows(2).enumerate() {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
            assert_eq!(pair[0].1 as usize, position);
        }
        assert_eq!(TABLE[Variable::COUNT - 1].1 as usize, Variable::COUNT - 1);
    }

    #[test]
    fn every_name_is_known() {
        for (name, variable, _) in TABLE {
            assert_eq!(Variable::from_name(name), Some(variable), "{name}");
            assert_eq!(variable.as_str(), name);
        }
    }

    #[test]
    fn keys_of_maps_are_free() {
        let check = |name, expected| assert_eq!(Variable::from_name(name), expected, "{name}");
        check("authorizer.tenant", Some(Variable::AuthorizerProperty));
        check("authorizer.claims.sub", Some(Variable::AuthorizerClaimsProperty));
        check("authorizer.claims", Some(Variable::AuthorizerClaims));
        check("authorizer.latency", Some(Variable::AuthorizerLatency));
        check("authorizer.", None);
        check("responseOverride.header.x-a", Some(Variable::ResponseOverrideHeaderHeaderName));
        check("requestid", None);
        check("identity", None);
        check("", None);
    }

    #[test]
    fn availability_follows_the_table() {
        assert!(Variable::Status.is_offered_in(Use::RestApiAccessLog));
        assert!(!Variable::Status.is_offered_in(Use::RestApiTemplate));
        assert!(!Variable::ResourceId.is_offered_in(Use::HttpApi));
        assert!(Variable::RouteKey.is_offered_in(Use::HttpApi));
    }

    #[test]
    fn a_misspelled_name_finds_its_neighbour() {
        let check = |name, expected| assert_eq!(Variable::nearest(name), expected, "{name}");
        check("requestID", Some("requestId"));
        check("identity.sourceip", Some("identity.sourceIp"));
        check("identity.userAgnt", Some("identity.userAgent"));
        check("nothingLikeIt", None);
    }
}
