//! From where is the API reached?

use crate::definition::{EndpointType, Place, Problem};
use crate::manage::document::Map;

use super::keys;
use super::reader::Reader;
use super::root;

/// What endpoint configurations say.
#[derive(Default)]
pub(super) struct Endpoint {
    pub(super) is_execute_api_disabled: bool,
    pub(super) kind: Option<(EndpointType, Place)>,
}

/// Reads `x-amazon-apigateway-endpoint-configuration` at the root and in each server.
pub(super) fn read(reader: &mut Reader<'_>) -> Endpoint {
    const KEY: &str = "x-amazon-apigateway-endpoint-configuration";
    let mut endpoint = Endpoint::default();
    if let Some(map) = reader.map_member(reader.root, KEY) {
        endpoint.read(reader, map);
    }
    for server in root::servers(reader) {
        reader.check_keys(server, &keys::SERVER);
        if let Some(map) = reader.map_member(server, KEY) {
            endpoint.read(reader, map);
        }
    }
    endpoint
}

impl Endpoint {
    fn read<'d>(&mut self, reader: &mut Reader<'d>, map: &'d Map) {
        reader.check_keys(map, &keys::ENDPOINT_CONFIGURATION);
        let is_disabled = reader.flag_member(map, "disableExecuteApiEndpoint");
        self.is_execute_api_disabled |= is_disabled.unwrap_or_default();
        if let Some(entry) = reader.member(map, "types") {
            let types = reader.texts(entry);
            if let [_, (_, second), ..] = types.as_slice() {
                let message = "Cannot create an api with multiple Endpoint Types.";
                reader.problems.error(*second, message);
            }
            if let Some((name, place)) = types.first() {
                match endpoint_type(name) {
                    Some(kind) => self.kind = Some((kind, *place)),
                    None => {
                        let message = format!("{name:?} is no endpoint type");
                        let problem = Problem::error(*place, message)
                            .suggest("one of EDGE, REGIONAL, PRIVATE");
                        reader.problems.push(problem);
                    }
                }
            }
        }
        // Only a private API has VPC endpoints, whether or not the type is written beside them.
        if let Some(entry) = reader.member(map, "vpcEndpointIds")
            && !reader.texts(entry).is_empty()
        {
            self.kind.get_or_insert((EndpointType::Private, entry.key_place));
        }
    }
}

fn endpoint_type(name: &str) -> Option<EndpointType> {
    match name.to_ascii_uppercase().as_str() {
        "EDGE" => Some(EndpointType::Edge),
        "REGIONAL" => Some(EndpointType::Regional),
        "PRIVATE" => Some(EndpointType::Private),
        _ => None,
    }
}
