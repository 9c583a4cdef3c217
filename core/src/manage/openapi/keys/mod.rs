//! Which keys may an object have, and what is said of one that it may not?

mod tables;

use crate::definition::Problem;
use crate::manage::document::Entry;
use crate::manage::problems::{did_you_mean, quote};

use super::ApiKind;
pub(super) use tables::{
    AUTHORIZER, COMPONENTS, CORS, ENDPOINT_CONFIGURATION, GATEWAY_RESPONSE, INFO, INTEGRATION,
    INTEGRATION_RESPONSE, MEDIA_TYPE, OPENAPI_ROOT, OPERATION, PARAMETER, PATH_ITEM, REQUEST_BODY,
    REQUEST_VALIDATOR, RESPONSE, SECURITY_SCHEME, SERVER, SWAGGER_ROOT, TAG, TLS_CONFIG,
};

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
