//! Which methods does a stage have, whichever kind its API is of, and in which order?

use std::collections::BTreeMap;

use crate::context::ApiKind;
use crate::definition::{
    Api, HttpApi, Integration, Method, MethodResponse, MethodVerb, Place, RestApi, RouteKey,
};

/// A method of a REST API or a route of an HTTP API, as written.
#[derive(Clone, Copy, Debug)]
pub struct MethodDefinition<'d> {
    /// The verb; `None` is the route `$default`.
    pub verb: Option<MethodVerb>,
    /// The path; empty for `$default`.
    pub path: &'d str,
    /// `operationId`.
    pub operation_name: Option<&'d str>,
    /// `NONE`, `AWS_IAM` …
    pub authorization_type: &'d str,
    /// Where it leads.
    pub integration: Option<&'d Integration>,
    /// What only methods of REST APIs have.
    pub rest: Option<&'d Method>,
    /// Where it stands.
    pub place: Place,
}

impl<'d> MethodDefinition<'d> {
    /// The route key: `GET /pets/{id}`, `ANY /{proxy+}`, `$default`.
    pub fn key(&self) -> String {
        match self.verb {
            Some(verb) => format!("{} {}", verb.as_str(), self.path),
            None => "$default".to_owned(),
        }
    }

    /// Declared responses by status (REST).
    pub fn responses(&self) -> Option<&'d BTreeMap<u16, MethodResponse>> {
        self.rest.map(|method| &method.responses)
    }
}

/// The methods of an API; a method's `MethodIndex` is its position here.
pub fn methods_of(api: &Api) -> Vec<MethodDefinition<'_>> {
    match api {
        Api::Rest(api) => methods_of_rest_api(api).collect(),
        Api::Http(api) => routes_of_http_api(api).collect(),
    }
}

fn methods_of_rest_api(api: &RestApi) -> impl Iterator<Item = MethodDefinition<'_>> {
    api.resources.iter().flat_map(|resource| {
        resource.methods.iter().map(|(verb, method)| MethodDefinition {
            verb: Some(*verb),
            path: &resource.path,
            operation_name: method.operation_name.as_deref(),
            authorization_type: &method.authorization_type,
            integration: method.integration.as_ref(),
            rest: Some(method),
            place: method.place,
        })
    })
}

fn routes_of_http_api(api: &HttpApi) -> impl Iterator<Item = MethodDefinition<'_>> {
    api.routes.iter().map(|route| {
        let (verb, path) = match &route.key {
            RouteKey::Path(verb, path) => (Some(*verb), path.as_str()),
            RouteKey::Default => (None, ""),
        };
        MethodDefinition {
            verb,
            path,
            operation_name: route.operation_name.as_deref(),
            authorization_type: &route.authorization_type,
            integration: route.integration.as_ref(),
            rest: None,
            place: route.place,
        }
    })
}

/// The kind of an API as written.
pub(super) fn kind_of(api: &Api) -> ApiKind {
    match api {
        Api::Rest(_) => ApiKind::RestApi,
        Api::Http(_) => ApiKind::HttpApi,
    }
}
