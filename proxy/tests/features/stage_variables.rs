//! Do stage variables reach integration addresses?

use crate::support::definition::{method, rest};
use crate::support::gateway::Setup;
use crate::support::recording_origin;

#[test]
fn a_stage_variable_names_the_backend() {
    let origin = recording_origin::start();
    let integration = "{type: http_proxy, httpMethod: GET, uri: 'http://${stageVariables.backend}/${stageVariables.version}/pets'}";
    let setup = Setup::of(&rest(&method("/pets", "get", integration)));
    let backend = format!("backend={}", origin.address);
    let gateway =
        setup.with(&["--stage-variable", &backend, "--stage-variable", "version=v2"]).start();
    assert_eq!(gateway.get("/pets").status, 200);
    assert_eq!(origin.only_request().target(), "/v2/pets");
}
