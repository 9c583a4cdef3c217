//! What REST API does a document describe?

use crate::definition::{Problem, Resource, RestApi};
use crate::manage::document::Map;
use crate::manage::problems::quote;

use super::authorization::Schemes;
use super::method::{self, Shared};
use super::models::{self, Models};
use super::reader::Reader;
use super::{Options, endpoint, gateway_responses, parameters, paths, root};

/// Bytes above which compression can be asked to begin (AWS: `minimumCompressionSize`).
const COMPRESSION_SIZE_MAX: i64 = 10_485_760;

/// Reads the API; `file` is the document's name.
pub(super) fn import(reader: &mut Reader<'_>, file: &str, options: &Options<'_>) -> RestApi {
    let identity = root::identity(reader, file);
    let endpoint = endpoint::read(reader);
    // Tags of REST APIs are not set by a definition; those of operations group documentation.
    root::tags(reader);
    let schemes = Schemes::read(reader);
    let of_root = schemes.of_root(reader);
    let validators = method::validators(reader);
    let validator = reader
        .member(reader.root, "x-amazon-apigateway-request-validator")
        .and_then(|entry| method::known_validator(reader, entry, &validators));
    let models = Models::read(reader, &identity.id);
    let mut shared = Shared { schemes, of_root, validators, validator, models };
    let resources = resources(reader, &mut shared, options);
    let gateway_responses = gateway_responses::read(reader, &resources);
    RestApi {
        id: identity.id,
        name: identity.name,
        description: identity.description,
        version: identity.version,
        resources,
        gateway_responses,
        request_validators: shared.validators,
        models: shared.models.texts,
        authorizers: shared.schemes.authorizers,
        api_key_source: api_key_source(reader),
        policy: policy(reader),
        endpoint_type: endpoint.kind,
        binary_media_types: binary_media_types(reader),
        minimum_compression_size: minimum_compression_size(reader),
        disable_execute_api_endpoint: endpoint.is_execute_api_disabled,
        place: reader.place,
    }
}

fn resources(reader: &mut Reader<'_>, shared: &mut Shared, options: &Options<'_>) -> Vec<Resource> {
    let prefix = root::path_prefix(reader, options);
    let mut items = paths::read(reader, &prefix);
    paths::keep_tree(reader, &mut items);
    let mut resources = Vec::with_capacity(items.len());
    for item in &items {
        let of_path = parameters::read(reader, item.map);
        let mut resource =
            Resource { path: item.path.clone(), place: item.place, ..Resource::default() };
        for operation in paths::operations(reader, item) {
            let method = method::read(reader, shared, item, &operation, &of_path);
            resource.methods.insert(operation.verb, method);
        }
        resources.push(resource);
    }
    resources
}

fn api_key_source(reader: &mut Reader<'_>) -> Option<String> {
    let entry = reader.member(reader.root, "x-amazon-apigateway-api-key-source")?;
    let words = [("HEADER", "HEADER"), ("AUTHORIZER", "AUTHORIZER")];
    reader.word(entry, &words).map(str::to_owned)
}

fn policy(reader: &mut Reader<'_>) -> Option<(String, crate::definition::Place)> {
    let entry = reader.member(reader.root, "x-amazon-apigateway-policy")?;
    let map: &Map = reader.map(entry)?;
    if reader.member(map, "Statement").is_none() {
        reader.problems.error(entry.key_place, "the policy has no \"Statement\"");
    }
    Some((models::plain_json(&entry.value).to_string(), entry.key_place))
}

fn binary_media_types(reader: &mut Reader<'_>) -> Vec<String> {
    let root = reader.root;
    let Some(entry) = reader.member(root, "x-amazon-apigateway-binary-media-types") else {
        return Vec::new();
    };
    let mut media_types = Vec::new();
    for (text, place) in reader.texts(entry) {
        let parts = text.split_once('/');
        if parts.is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty()) {
            media_types.push(text.to_owned());
        } else {
            let message = format!("{} is no media type", quote(text));
            reader.problems.push(Problem::error(place, message).suggest("such as \"image/png\""));
        }
    }
    media_types
}

fn minimum_compression_size(reader: &mut Reader<'_>) -> Option<u32> {
    let entry = reader.member(reader.root, "x-amazon-apigateway-minimum-compression-size")?;
    let size = reader.integer(entry)?;
    if (0..=COMPRESSION_SIZE_MAX).contains(&size) {
        return u32::try_from(size).ok();
    }
    let message = "Invalid minimum compression size, must be between 0 and 10485760";
    reader.problems.error(entry.value.place, message);
    None
}
