//! Is the right thing asked of a backend?

mod compile;
mod mock;
mod request_fields;
mod request_target;

use super::{HttpProxy, Integration, Refusal, Target, Targets, compile as compile_integration};
use crate::context::testing::Exchange;
use crate::definition::{self, IntegrationKind, Problem, Severity};
use crate::message::FieldBlock;
use crate::transform::Surroundings;

fn integration_of(kind: IntegrationKind) -> definition::Integration {
    let mut integration = definition::Integration::new(kind);
    integration.http_method = Some("ANY".into());
    integration.uri = Some("http://backend.example.com/base".into());
    integration
}

fn compiled(
    exchange: &Exchange,
    integration: &definition::Integration,
) -> (Option<Integration>, Vec<Target>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut targets = Targets::default();
    let around = Surroundings { stage: &exchange.stage, method: &exchange.method };
    let compiled = compile_integration(integration, None, around, &mut targets, &mut problems);
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(compiled.is_none(), has_error, "{problems:?}");
    (compiled, targets.into_list(), problems)
}

fn proxy(exchange: &Exchange, change: impl FnOnce(&mut definition::Integration)) -> HttpProxy {
    let mut integration = integration_of(IntegrationKind::HttpProxy);
    change(&mut integration);
    match compiled(exchange, &integration) {
        (Some(Integration::HttpProxy(proxy)), _, _) => proxy,
        (other, _, problems) => panic!("no proxy: {other:?} {problems:?}"),
    }
}

fn with_parameters(exchange: &Exchange, uri: &str, parameters: &[(&str, &str)]) -> HttpProxy {
    proxy(exchange, |integration| {
        integration.uri = Some(uri.into());
        integration.request_parameters =
            parameters.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    })
}

/// What compiling says of an integration that cannot be served, or fails on every call.
fn refused(change: impl FnOnce(&mut definition::Integration), message: &str) {
    let mut integration = integration_of(IntegrationKind::HttpProxy);
    change(&mut integration);
    let (compiled, _, problems) = compiled(&Exchange::new("GET /", &[]), &integration);
    assert!(matches!(compiled, None | Some(Integration::Defect(_))), "{compiled:?}");
    assert!(problems.iter().any(|p| p.message.contains(message)), "{message}: {problems:?}");
}

fn target(exchange: &Exchange, proxy: &HttpProxy) -> Result<String, Refusal> {
    let mut out = Vec::new();
    proxy.write_target(&exchange.facts(), &mut out)?;
    Ok(String::from_utf8(out).expect("a target is ASCII"))
}

fn fields(exchange: &Exchange, proxy: &HttpProxy) -> Vec<(String, String)> {
    let mut block = FieldBlock::default();
    proxy.write_fields(&exchange.facts(), &mut b"left over".to_vec(), &mut block);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    block.pairs().map(|(name, value)| (text(name), text(value))).collect()
}

fn value_of(fields: &[(String, String)], name: &str) -> Option<String> {
    let values: Vec<_> =
        fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
    if values.is_empty() { None } else { Some(values.join("|")) }
}
