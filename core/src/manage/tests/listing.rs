//! How does an installation read as a text that people can compare?

use std::fmt::Write;

use crate::definition::{
    Api, Authorizer, HttpApi, Installation, Integration, Method, RestApi, Route, RouteKey,
};

/// A listing of everything that is imported, one fact per line.
pub(super) fn of(installation: &Installation) -> String {
    let mut text = String::new();
    for stage in &installation.stages {
        line(&mut text, 0, format!("stage {} deployment {}", stage.name, stage.deployment_id));
        match &stage.api {
            Api::Rest(api) => rest_api(&mut text, api),
            Api::Http(api) => http_api(&mut text, api),
        }
    }
    for it in &installation.mappings {
        line(&mut text, 0, format!("{}/{} → {} {}", it.domain, it.base_path, it.api_id, it.stage));
    }
    text
}

fn line(text: &mut String, depth: usize, line: impl AsRef<str>) {
    writeln!(text, "{}{}", "  ".repeat(depth), line.as_ref()).expect("a string takes everything");
}

fn rest_api(text: &mut String, api: &RestApi) {
    line(text, 0, format!("{} {:?} version {:?}", api.id, api.name, api.version));
    line(text, 0, format!("description {:?}", api.description));
    line(
        text,
        0,
        format!(
            "binary {:?} compression {:?} key source {:?} disabled {} endpoint {:?}",
            api.binary_media_types,
            api.minimum_compression_size,
            api.api_key_source,
            api.disable_execute_api_endpoint,
            api.endpoint_type.map(|(kind, _)| kind),
        ),
    );
    for (name, schema) in &api.models {
        line(text, 0, format!("model {name} {schema}"));
    }
    for (name, validator) in &api.request_validators {
        line(text, 0, format!("validator {name} {validator:?}"));
    }
    for (name, authorizer) in &api.authorizers {
        line(text, 0, format!("authorizer {name}"));
        self::authorizer(text, authorizer);
    }
    if let Some((policy, _)) = &api.policy {
        line(text, 0, format!("policy {policy}"));
    }
    for (kind, response) in &api.gateway_responses {
        line(text, 0, format!("gateway response {} {:?}", kind.as_str(), response.status));
        for (key, value) in &response.parameters {
            line(text, 1, format!("{key} ← {value}"));
        }
        for (key, value) in &response.templates {
            line(text, 1, format!("{key}: {value:?}"));
        }
    }
    for resource in &api.resources {
        line(text, 0, &resource.path);
        for (verb, it) in &resource.methods {
            line(text, 1, verb.as_str());
            method(text, it);
        }
    }
}

fn authorizer(text: &mut String, it: &Authorizer) {
    line(text, 1, format!("{:?} uri {:?} as {:?}", it.kind, it.uri, it.credentials));
    line(
        text,
        1,
        format!("from {:?} valid {:?}", it.identity_source, it.identity_validation_expression),
    );
    line(text, 1, format!("ttl {:?} pools {:?}", it.result_ttl_s, it.provider_arns));
    line(text, 1, format!("issuer {:?} audience {:?}", it.issuer, it.audience));
    line(
        text,
        1,
        format!("format {:?} simple {}", it.payload_format_version, it.enable_simple_responses),
    );
}

fn method(text: &mut String, method: &Method) {
    let key = if method.api_key_required { " with key" } else { "" };
    line(
        text,
        2,
        format!(
            "{:?} {}{key} authorizer {:?} {:?} validator {:?}",
            method.operation_name,
            method.authorization_type,
            method.authorizer,
            method.authorization_scopes,
            method.request_validator,
        ),
    );
    for (key, is_required) in &method.request_parameters {
        line(text, 2, format!("{key}{}", if *is_required { " required" } else { "" }));
    }
    for (media_type, model) in &method.request_models {
        line(text, 2, format!("takes {media_type} {model}"));
    }
    for (status, response) in &method.responses {
        let headers: Vec<_> = response.parameters.keys().collect();
        line(text, 2, format!("answers {status} {:?} {headers:?}", response.models));
    }
    if let Some(it) = &method.integration {
        integration(text, it);
    }
}

fn integration(text: &mut String, it: &Integration) {
    let verb = it.http_method.as_deref().unwrap_or("-");
    let uri = it.uri.as_deref().unwrap_or("-");
    line(text, 2, format!("{:?} {verb} {uri} {:?}", it.kind, it.passthrough_behavior));
    for (what, value) in [
        ("timeout", it.timeout_ms.map(|ms| format!("{ms} ms"))),
        (
            "connection",
            it.connection_id.as_ref().map(|id| format!("{:?} {id}", it.connection_type)),
        ),
        ("credentials", it.credentials.clone()),
        ("subtype", it.subtype.clone()),
        ("payload format", it.payload_format_version.clone()),
        ("content handling", it.content_handling.map(|kind| format!("{kind:?}"))),
        ("cache namespace", it.cache_namespace.clone()),
        ("verifies", it.server_name_to_verify.clone()),
        ("streams", it.streams_response.then(String::new)),
        ("skips verification", it.insecure_skip_verification.then(String::new)),
    ] {
        if let Some(value) = value {
            line(text, 3, format!("{what} {value}"));
        }
    }
    for key in &it.cache_key_parameters {
        line(text, 3, format!("cache key {key}"));
    }
    for (key, value) in &it.request_parameters {
        line(text, 3, format!("{key} ← {value}"));
    }
    for (key, value) in &it.request_templates {
        line(text, 3, format!("{key}: {value:?}"));
    }
    for response in &it.responses {
        let handling = response.content_handling;
        line(
            text,
            3,
            format!("on {:?} answer {} {handling:?}", response.selection_pattern, response.status),
        );
        for (key, value) in &response.parameters {
            line(text, 4, format!("{key} ← {value}"));
        }
        for (key, value) in &response.templates {
            line(text, 4, format!("{key}: {value:?}"));
        }
    }
    for (status, parameters) in &it.response_parameters {
        for (key, value) in parameters {
            line(text, 3, format!("on {status} {key} ← {value}"));
        }
    }
}

fn http_api(text: &mut String, api: &HttpApi) {
    line(text, 0, format!("{} {:?} version {:?}", api.id, api.name, api.version));
    line(text, 0, format!("tags {:?} disabled {}", api.tags, api.disable_execute_api_endpoint));
    for (name, authorizer) in &api.authorizers {
        line(text, 0, format!("authorizer {name}"));
        self::authorizer(text, authorizer);
    }
    if let Some(cors) = &api.cors {
        line(text, 0, format!("{cors:?}"));
    }
    for it in &api.routes {
        route(text, it);
    }
}

fn route(text: &mut String, route: &Route) {
    let key = match &route.key {
        RouteKey::Path(verb, path) => format!("{} {path}", verb.as_str()),
        RouteKey::Default => "$default".to_owned(),
    };
    line(text, 0, format!("{key} {:?} {}", route.operation_name, route.authorization_type));
    if let Some(it) = &route.integration {
        integration(text, it);
    }
}
