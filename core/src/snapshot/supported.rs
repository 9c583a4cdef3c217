//! What may a definition ask for that this version cannot execute?
//!
//! Each issue that brings a feature takes its line away here.

use crate::context::ApiKind;
use crate::definition::{
    Api, ConnectionType, ContentHandling, EndpointType, Integration, IntegrationKind, Method,
    Problem, RestApi,
};

use super::methods::{MethodDefinition, kind_of};

/// Reports what is set for the API as a whole.
pub(super) fn check_api(api: &Api, problems: &mut Vec<Problem>) {
    let Api::Rest(api) = api else { return };
    if let Some((_, place)) = &api.policy {
        let problem = Problem::error(*place, unsupported("a resource policy"));
        problems.push(problem.suggest("remove it only if everyone may call the API"));
    }
    if let Some((EndpointType::Private, place)) = api.endpoint_type {
        let problem = Problem::error(place, unsupported("the endpoint type PRIVATE"));
        problems.push(problem.suggest("write \"REGIONAL\" only if everyone may reach the API"));
    }
    if api.minimum_compression_size.is_some() {
        let message = "minimumCompressionSize is not supported by this version of tollgate: \
                       responses are sent as they come";
        problems.push(Problem::warning(api.place, message));
    }
}

/// Reports what is set for one method. Answers its integration where that can be executed.
pub(super) fn check_method<'d>(
    api: &'d Api,
    method: &MethodDefinition<'d>,
    problems: &mut Vec<Problem>,
) -> Option<&'d Integration> {
    check_authorization(method, problems);
    if let (Api::Rest(api), Some(own)) = (api, method.rest) {
        check_validator(api, method, own, problems);
    }
    let Some(integration) = method.integration else {
        // "No integration defined for method", says CreateDeployment.
        let message = format!("no integration is defined for \"{}\"", method.key());
        problems.push(Problem::error(method.place, message));
        return None;
    };
    check_cache(integration, problems);
    let binary_media_types = match api {
        Api::Rest(api) => &*api.binary_media_types,
        Api::Http(_) => &[],
    };
    check_content_handling(integration, binary_media_types, problems);
    match fault_of(kind_of(api), integration) {
        Some(message) => {
            problems.push(Problem::error(integration.place, message));
            None
        }
        None => Some(integration),
    }
}

fn check_authorization(method: &MethodDefinition<'_>, problems: &mut Vec<Problem>) {
    let kind = method.authorization_type;
    if !matches!(kind, "" | "NONE") {
        let message =
            unsupported(&format!("the authorization type {kind} of \"{}\"", method.key()));
        problems.push(Problem::error(method.place, message));
    }
    if method.rest.is_some_and(|own| own.api_key_required) {
        let message = unsupported(&format!("the API key that \"{}\" requires", method.key()));
        problems.push(Problem::error(method.place, message));
    }
}

/// A validator counts where it has something to check: "no validator: declared `required` has no
/// runtime effect", and a body whose content type has no model is not validated.
fn check_validator(
    api: &RestApi,
    method: &MethodDefinition<'_>,
    own: &Method,
    problems: &mut Vec<Problem>,
) {
    let Some(name) = &own.request_validator else { return };
    let Some(validator) = api.request_validators.get(name) else {
        let message = format!(
            "\"{}\" names the request validator \"{name}\", which is not there",
            method.key()
        );
        problems.push(Problem::error(method.place, message));
        return;
    };
    let checks_body = validator.validates_body && !own.request_models.is_empty();
    let checks_parameters =
        validator.validates_parameters && own.request_parameters.values().any(|required| *required);
    if checks_body || checks_parameters {
        let what = format!("the request validator \"{name}\" of \"{}\"", method.key());
        problems.push(Problem::error(method.place, unsupported(&what)));
    }
}

/// Without a cache cluster, which no definition can ask for yet, AWS does not cache either.
fn check_cache(integration: &Integration, problems: &mut Vec<Problem>) {
    if !integration.cache_key_parameters.is_empty() {
        let message = "cacheKeyParameters have no effect: the response cache is not supported by \
                       this version of tollgate";
        problems.push(Problem::warning(integration.place, message));
    }
}

/// Reports conversions that would change a payload.
///
/// Requests to mocks are only searched for a status; the responses of proxies are not chosen from;
/// and "text, CONVERT_TO_TEXT" is "UTF-8 text", as is every answer of a mock.
fn check_content_handling(
    integration: &Integration,
    binary_media_types: &[String],
    problems: &mut Vec<Problem>,
) {
    let mut refuse = |place, handling| {
        let what = format!("contentHandling {} of a payload", name_of_handling(handling));
        problems.push(Problem::error(place, unsupported(&what)));
    };
    match (integration.kind, integration.content_handling) {
        // Nothing is binary where no media type is said to be.
        (IntegrationKind::HttpProxy, Some(ContentHandling::ConvertToText))
            if binary_media_types.is_empty() => {}
        (IntegrationKind::HttpProxy, Some(handling)) => refuse(integration.place, handling),
        _ => {}
    }
    if integration.kind == IntegrationKind::Mock {
        let binary = Some(ContentHandling::ConvertToBinary);
        for response in integration.responses.iter().filter(|own| own.content_handling == binary) {
            refuse(response.place, ContentHandling::ConvertToBinary);
        }
    }
}

/// AWS's name of a conversion.
fn name_of_handling(handling: ContentHandling) -> &'static str {
    match handling {
        ContentHandling::ConvertToBinary => "CONVERT_TO_BINARY",
        ContentHandling::ConvertToText => "CONVERT_TO_TEXT",
    }
}

fn fault_of(api_kind: ApiKind, integration: &Integration) -> Option<String> {
    let kind = name_of(integration.kind);
    let is_http = matches!(integration.kind, IntegrationKind::Http | IntegrationKind::HttpProxy);
    if is_http && integration.connection_type == ConnectionType::VpcLink {
        return Some(unsupported("the connection type VPC_LINK"));
    }
    match (api_kind, integration.kind) {
        (_, IntegrationKind::HttpProxy) if integration.streams_response => {
            Some(unsupported("the response transfer mode STREAM"))
        }
        (_, IntegrationKind::HttpProxy) | (ApiKind::RestApi, IntegrationKind::Mock) => None,
        (ApiKind::RestApi, _) | (ApiKind::HttpApi, IntegrationKind::AwsProxy) => {
            Some(unsupported(&format!("the integration type {kind}")))
        }
        (ApiKind::HttpApi, _) => Some(format!(
            "HTTP APIs have no integrations of type {kind}, only AWS_PROXY and HTTP_PROXY"
        )),
    }
}

/// AWS's name of an integration type.
fn name_of(kind: IntegrationKind) -> &'static str {
    match kind {
        IntegrationKind::Aws => "AWS",
        IntegrationKind::AwsProxy => "AWS_PROXY",
        IntegrationKind::Http => "HTTP",
        IntegrationKind::HttpProxy => "HTTP_PROXY",
        IntegrationKind::Mock => "MOCK",
    }
}

fn unsupported(what: &str) -> String {
    format!("{what} is not supported by this version of tollgate")
}
