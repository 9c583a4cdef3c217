//! Who may call a method or route, by its security requirements?

use std::collections::BTreeMap;

use crate::definition::{Authorizer, AuthorizerKind, Problem};
use crate::manage::document::{Entry, Map, Value};
use crate::manage::problems::{did_you_mean, quote};

use super::ApiKind;
use super::keys;
use super::reader::{Dialect, Reader};

/// The security schemes of a document.
pub(super) struct Schemes {
    by_name: BTreeMap<String, Scheme>,
    /// Those that are authorizers, by name.
    pub(super) authorizers: BTreeMap<String, Authorizer>,
}

/// What a security scheme means to API Gateway.
#[derive(Clone, Copy)]
enum Scheme {
    ApiKey,
    Sigv4,
    Authorizer(AuthorizerKind),
    /// Nothing: it documents what the backend checks.
    Unenforced,
}

/// Who may call a method or route.
#[derive(Clone)]
pub(super) struct Authorization {
    /// `NONE`, `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS` or `JWT`.
    pub(super) kind: &'static str,
    pub(super) authorizer: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) is_api_key_required: bool,
}

impl Authorization {
    const NONE: Self =
        Self { kind: "NONE", authorizer: None, scopes: Vec::new(), is_api_key_required: false };
}

impl Schemes {
    /// Reads `components.securitySchemes` or `securityDefinitions`.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let root = reader.root;
        let map = match reader.dialect {
            Dialect::Swagger2 => reader.map_member(root, "securityDefinitions"),
            Dialect::OpenApi3 => reader
                .map_member(root, "components")
                .and_then(|components| reader.map_member(components, "securitySchemes")),
        };
        let mut schemes = Self { by_name: BTreeMap::new(), authorizers: BTreeMap::new() };
        for entry in map.map(Map::entries).unwrap_or_default() {
            let Some(map) = reader.resolve_map(&entry.value, "a security scheme") else { continue };
            reader.check_keys(map, &keys::SECURITY_SCHEME);
            let scheme = schemes.scheme(reader, entry, map);
            schemes.by_name.insert(entry.key.clone(), scheme);
        }
        schemes
    }

    fn scheme<'d>(&mut self, reader: &mut Reader<'d>, entry: &'d Entry, map: &'d Map) -> Scheme {
        let authtype = reader.member(map, "x-amazon-apigateway-authtype");
        let authtype_name = authtype.and_then(|entry| reader.text(entry)).unwrap_or_default();
        if let Some(authorizer) = reader.member(map, "x-amazon-apigateway-authorizer") {
            let Some(authorizer) = read_authorizer(reader, authorizer, map) else {
                return Scheme::Unenforced;
            };
            let kind = authorizer.kind;
            self.authorizers.insert(entry.key.clone(), authorizer);
            return Scheme::Authorizer(kind);
        }
        if authtype_name.eq_ignore_ascii_case("awsSigv4") {
            return Scheme::Sigv4;
        }
        if ["custom", "cognito_user_pools"].iter().any(|n| n.eq_ignore_ascii_case(authtype_name)) {
            let message = format!(
                "the security scheme {} needs an \"x-amazon-apigateway-authorizer\"",
                quote(&entry.key)
            );
            reader.problems.error(authtype.map_or(entry.key_place, |a| a.value.place), message);
            return Scheme::Unenforced;
        }
        let is_api_key = reader.text_member(map, "type") == Some("apiKey");
        if !is_api_key || reader.kind == ApiKind::Http {
            return Scheme::Unenforced;
        }
        let name = reader.text_member(map, "name").unwrap_or_default();
        let is_header = reader.text_member(map, "in") == Some("header");
        if is_header && name.eq_ignore_ascii_case("x-api-key") {
            Scheme::ApiKey
        } else {
            Scheme::Unenforced
        }
    }

    /// What the requirements of `security` amount to; `is_root` where they stand at the root.
    ///
    /// Several requirements are alternatives in OpenAPI; a method has one authorizer, so the first
    /// counts.
    fn authorization<'d>(
        &self,
        reader: &mut Reader<'d>,
        security: &'d Entry,
        is_root: bool,
    ) -> Authorization {
        let mut authorization = Authorization::NONE;
        for requirement in reader.list(security).unwrap_or_default() {
            let Value::Map(requirement) = &requirement.value else {
                let message = "a security requirement is an object of scheme names";
                reader.problems.error(requirement.place, message);
                continue;
            };
            for entry in requirement.entries() {
                self.require(reader, entry, is_root, &mut authorization);
            }
        }
        authorization
    }

    fn require<'d>(
        &self,
        reader: &mut Reader<'d>,
        entry: &'d Entry,
        is_root: bool,
        authorization: &mut Authorization,
    ) {
        let Some(scheme) = self.by_name.get(&entry.key) else {
            reader.problems.report(|| {
                let message = format!("the security scheme {} is not defined", quote(&entry.key));
                let problem = Problem::error(entry.key_place, message);
                match did_you_mean(&entry.key, self.by_name.keys().map(String::as_str)) {
                    Some(suggestion) => problem.suggest(suggestion),
                    None => problem,
                }
            });
            return;
        };
        let kind = match scheme {
            // "A recorded import with a global plain api key sets `apiKeySource` only."
            Scheme::ApiKey if is_root => {
                let message = "an API key required at the root is required of no method";
                let problem = Problem::warning(entry.key_place, message)
                    .suggest("name it in the \"security\" of each operation");
                return reader.problems.push(problem);
            }
            Scheme::ApiKey => {
                authorization.is_api_key_required = true;
                return;
            }
            Scheme::Unenforced => {
                let message = format!(
                    "API Gateway does not enforce the security scheme {}",
                    quote(&entry.key)
                );
                let problem = Problem::warning(entry.key_place, message)
                    .suggest("give it an \"x-amazon-apigateway-authorizer\"");
                return reader.problems.push(problem);
            }
            Scheme::Sigv4 => "AWS_IAM",
            Scheme::Authorizer(kind) => kind.authorization_type(),
        };
        if authorization.kind != "NONE" {
            let message =
                format!("only the first authorizer counts; {} is ignored", quote(&entry.key));
            return reader.problems.warning(entry.key_place, message);
        }
        authorization.kind = kind;
        if matches!(scheme, Scheme::Authorizer(_)) {
            authorization.authorizer = Some(entry.key.clone());
            let scopes = reader.texts(entry);
            authorization.scopes = scopes.into_iter().map(|(scope, _)| scope.to_owned()).collect();
        }
    }

    /// What the `security` at the root asks of every operation that has none of its own.
    ///
    /// The guide says that it is ignored; "recorded imports show otherwise".
    pub(super) fn of_root(&self, reader: &mut Reader<'_>) -> Authorization {
        let root = reader.root;
        match reader.member(root, "security") {
            Some(security) => self.authorization(reader, security, true),
            None => Authorization::NONE,
        }
    }

    /// Who may call the operation `map`.
    pub(super) fn of_operation<'d>(
        &self,
        reader: &mut Reader<'d>,
        map: &'d Map,
        of_root: &Authorization,
    ) -> Authorization {
        let mut authorization = match reader.member(map, "security") {
            Some(security) => self.authorization(reader, security, false),
            None if reader.charge(of_root.scopes.len(), reader.place) => of_root.clone(),
            None => Authorization::NONE,
        };
        let auth = (reader.kind == ApiKind::Rest)
            .then(|| reader.map_member(map, "x-amazon-apigateway-auth"))
            .flatten();
        if let Some(entry) = auth.and_then(|auth| reader.member(auth, "type")) {
            let words =
                ["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"].map(|word| (word, word));
            if let Some(kind) = reader.word(entry, &words) {
                authorization.kind = kind;
                if matches!(kind, "NONE" | "AWS_IAM") {
                    authorization.authorizer = None;
                    authorization.scopes.clear();
                }
            }
        }
        authorization
    }
}

fn read_authorizer<'d>(
    reader: &mut Reader<'d>,
    entry: &'d Entry,
    scheme: &'d Map,
) -> Option<Authorizer> {
    let map = reader.map(entry)?;
    reader.check_keys(map, &keys::AUTHORIZER);
    let Some(kind_entry) = reader.member(map, "type") else {
        reader.problems.error(entry.key_place, "the authorizer has no \"type\"");
        return None;
    };
    let kind = reader.word(kind_entry, authorizer_kinds(reader.kind))?;
    let mut text = |key| reader.text_member(map, key).map(str::to_owned);
    let mut authorizer = Authorizer {
        kind,
        uri: text("authorizerUri"),
        credentials: text("authorizerCredentials"),
        identity_source: None,
        identity_validation_expression: text("identityValidationExpression"),
        result_ttl_s: None,
        provider_arns: Vec::new(),
        issuer: None,
        audience: Vec::new(),
        payload_format_version: text("authorizerPayloadFormatVersion"),
        enable_simple_responses: false,
        place: entry.key_place,
    };
    authorizer.identity_source = identity_source(reader, map, scheme, kind);
    authorizer.result_ttl_s = result_ttl(reader, map);
    authorizer.enable_simple_responses =
        reader.flag_member(map, "enableSimpleResponses").unwrap_or_default();
    if let Some(arns) = reader.member(map, "providerARNs") {
        authorizer.provider_arns = owned(reader.texts(arns));
    }
    if let Some(jwt) = reader.map_member(map, "jwtConfiguration") {
        authorizer.issuer = reader.text_member(jwt, "issuer").map(str::to_owned);
        let audience = reader.member(jwt, "audience");
        authorizer.audience = owned(audience.map(|entry| reader.texts(entry)).unwrap_or_default());
    }
    check_authorizer(reader, &authorizer);
    Some(authorizer)
}

fn authorizer_kinds(kind: ApiKind) -> &'static [(&'static str, AuthorizerKind)] {
    match kind {
        ApiKind::Rest => &[
            ("token", AuthorizerKind::Token),
            ("request", AuthorizerKind::Request),
            ("cognito_user_pools", AuthorizerKind::CognitoUserPools),
        ],
        ApiKind::Http => &[("jwt", AuthorizerKind::Jwt), ("request", AuthorizerKind::Request)],
    }
}

/// A token authorizer reads the header that its security scheme names.
fn identity_source<'d>(
    reader: &mut Reader<'d>,
    map: &'d Map,
    scheme: &'d Map,
    kind: AuthorizerKind,
) -> Option<String> {
    // HTTP APIs may write a list.
    if let Some(entry) = reader.member(map, "identitySource") {
        let sources = owned(reader.texts(entry));
        return Some(sources.join(","));
    }
    if matches!(kind, AuthorizerKind::Request | AuthorizerKind::Jwt) {
        return None;
    }
    let name = reader.text_member(scheme, "name")?;
    Some(format!("method.request.header.{name}"))
}

fn result_ttl<'d>(reader: &mut Reader<'d>, map: &'d Map) -> Option<u32> {
    let entry = reader.member(map, "authorizerResultTtlInSeconds")?;
    let seconds = reader.integer(entry)?;
    let ttl = u32::try_from(seconds).ok().filter(|seconds| *seconds <= 3600);
    if ttl.is_none() {
        reader.problems.error(entry.value.place, "the TTL of an authorizer is 0 to 3600 seconds");
    }
    ttl
}

/// Reports what an authorizer of its kind cannot be without.
fn check_authorizer(reader: &mut Reader<'_>, authorizer: &Authorizer) {
    let missing = match authorizer.kind {
        AuthorizerKind::Token | AuthorizerKind::Request if authorizer.uri.is_none() => {
            "authorizerUri"
        }
        AuthorizerKind::CognitoUserPools if authorizer.provider_arns.is_empty() => "providerARNs",
        AuthorizerKind::Jwt if authorizer.issuer.is_none() => "jwtConfiguration.issuer",
        AuthorizerKind::Jwt if authorizer.audience.is_empty() => "jwtConfiguration.audience",
        _ => return,
    };
    reader.problems.error(authorizer.place, format!("the authorizer has no {}", quote(missing)));
}

fn owned(texts: Vec<(&str, crate::definition::Place)>) -> Vec<String> {
    texts.into_iter().map(|(text, _)| text.to_owned()).collect()
}
