//! Which HTTP backend is it, and how is its request made?

use crate::context::ApiKind;
use crate::definition::{self, Place, Problem};
use crate::integrate::http_proxy::HttpProxy;
use crate::integrate::request_fields::RequestFields;
use crate::integrate::request_target::{PathPiece, RequestTarget};
use crate::integrate::{Integration, Target, Targets};
use crate::limits::{
    HTTP_API_INTEGRATION_TIMEOUT_MS_MAX, INTEGRATION_TIMEOUT_MS_MIN,
    REST_API_INTEGRATION_TIMEOUT_MS_MAX,
};
use crate::message::Verb;
use crate::transform::escaped::{copy_path, copy_query, has_dot_segment};
use crate::transform::{Side, Surroundings, compile_expression};

use super::defect;
use super::mapping::{self, Mappings, path_piece};
use super::uri::{self, Uri};

/// Compiles an `HTTP_PROXY` integration.
pub(super) fn compile(
    integration: &definition::Integration,
    around: Surroundings<'_>,
    targets: &mut Targets,
    problems: &mut Vec<Problem>,
) -> Option<Integration> {
    let written = integration.uri.as_deref().unwrap_or_default();
    let timeout_ms = timeout_ms(integration, around.stage.api_kind, problems);
    let verb = verb(integration, problems);
    warn_of_unused(integration, around.stage.api_kind, problems);
    let mappings = match around.stage.api_kind {
        ApiKind::RestApi => mapping::rest_api(integration, around, problems),
        ApiKind::HttpApi => mapping::http_api(integration, around, problems),
    };
    let substituted = uri::substitute(written, around, integration.uri_place, problems);
    let parsed = match uri::parse(&substituted, targets.link_local_hosts()) {
        Ok(parsed) => parsed,
        // Only a stage variable can make a URI wrong that AWS has accepted.
        Err(_) if written.contains("${stageVariables.") => {
            return Some(invalid_endpoint(&substituted, integration.uri_place, problems));
        }
        Err(why) => {
            let message = format!("invalid HTTP endpoint specified for URI \"{written}\": {why}");
            problems.push(Problem::error(integration.uri_place, message));
            return None;
        }
    };
    let path = match path(&parsed, &mappings, around, integration, problems) {
        Ok(path) => path?,
        Err(()) => {
            return Some(invalid_endpoint(&substituted, integration.uri_place, problems));
        }
    };
    if let Some(detail) = mappings.defect {
        return Some(defect(integration.place, detail, problems));
    }
    let (api_kind, api_id) = (around.stage.api_kind, &around.stage.api_id);
    let query = escaped_query(parsed.query);
    let request_target = RequestTarget { api_kind, path, query, changes: mappings.query.into() };
    let fields = RequestFields {
        api_kind,
        authority: parsed.authority().into_bytes().into(),
        api_id: api_id.as_bytes().into(),
        user_agent: format!("AmazonAPIGateway_{api_id}").into_bytes().into(),
        changes: mappings.fields.into(),
    };
    let target = targets.intern(target_of(&parsed, integration));
    let (timeout_ms, verb) = (timeout_ms?, verb?);
    Some(Integration::HttpProxy(HttpProxy { target, timeout_ms, verb, request_target, fields }))
}

fn invalid_endpoint(uri: &str, place: Place, problems: &mut Vec<Problem>) -> Integration {
    let detail = format!("Invalid endpoint address \"{uri}\"");
    defect(place, detail, problems)
}

fn target_of(uri: &Uri<'_>, integration: &definition::Integration) -> Target {
    Target {
        host: uri.host.clone(),
        port: uri.port,
        is_tls: uri.is_tls,
        authority: uri.authority(),
        server_name: integration.server_name_to_verify.clone(),
        skips_verification: integration.insecure_skip_verification,
    }
}

fn escaped_query(query: &str) -> Box<[u8]> {
    let mut escaped = Vec::new();
    copy_query(query.as_bytes(), &mut escaped);
    escaped.into()
}

/// "Timeout should be between 50 ms and 29000 ms."
fn timeout_ms(
    integration: &definition::Integration,
    api_kind: ApiKind,
    problems: &mut Vec<Problem>,
) -> Option<u32> {
    let max = match api_kind {
        ApiKind::RestApi => REST_API_INTEGRATION_TIMEOUT_MS_MAX,
        ApiKind::HttpApi => HTTP_API_INTEGRATION_TIMEOUT_MS_MAX,
    };
    let timeout_ms = integration.timeout_ms.unwrap_or(max);
    if (INTEGRATION_TIMEOUT_MS_MIN..=max).contains(&timeout_ms) {
        return Some(timeout_ms);
    }
    let message = format!(
        "timeout {timeout_ms} ms: it should be between {INTEGRATION_TIMEOUT_MS_MIN} ms and {max} ms"
    );
    problems.push(Problem::error(integration.place, message));
    None
}

/// The outer `Option` is for a problem, the inner `None` for the client's verb.
fn verb(
    integration: &definition::Integration,
    problems: &mut Vec<Problem>,
) -> Option<Option<Verb>> {
    let problem = match integration.http_method.as_deref() {
        Some("ANY") => return Some(None),
        Some(named) => match Verb::from_bytes(named.to_ascii_uppercase().as_bytes()) {
            Verb::Other => format!("\"{named}\" is no HTTP method"),
            verb => return Some(Some(verb)),
        },
        None => "an HTTP integration needs \"httpMethod\"".into(),
    };
    let problem = Problem::error(integration.place, problem);
    problems.push(problem.suggest("write \"ANY\" to send the client's verb"));
    None
}

fn warn_of_unused(
    integration: &definition::Integration,
    api_kind: ApiKind,
    problems: &mut Vec<Problem>,
) {
    let mut warn = |message: &str| problems.push(Problem::warning(integration.place, message));
    if !integration.request_templates.is_empty() {
        warn("an HTTP_PROXY integration ignores \"requestTemplates\"");
    }
    if api_kind == ApiKind::RestApi {
        let is_mapped = |r: &definition::IntegrationResponse| {
            !r.parameters.is_empty() || !r.templates.is_empty()
        };
        if integration.responses.iter().any(is_mapped) {
            warn("an HTTP_PROXY integration passes responses on and ignores \"responses\"");
        }
    }
}

/// The pieces of the path; `Err` where it can never be filled, `Ok(None)` for a problem.
fn path(
    uri: &Uri<'_>,
    mappings: &Mappings,
    around: Surroundings<'_>,
    integration: &definition::Integration,
    problems: &mut Vec<Problem>,
) -> Result<Option<Box<[PathPiece]>>, ()> {
    if let Some(text) = &mappings.whole_path {
        return Ok(whole_path(text, around, integration.place, problems));
    }
    let mut pieces = Pieces::default();
    let mut rest = uri.path.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').ok_or(())?;
        pieces.push_text(before);
        let piece = match around.stage.api_kind {
            ApiKind::RestApi => mapped(name, mappings),
            ApiKind::HttpApi => around.path_parameter(name).map(PathPiece::Parameter),
        };
        let Some(piece) = piece else {
            problems.push(unfilled(name, around, integration.uri_place));
            return Err(());
        };
        pieces.push(piece);
        rest = after;
    }
    pieces.push_text(rest);
    // "`$default` with an HTTP integration appends the full request path to the integration's URL."
    if around.stage.api_kind == ApiKind::HttpApi && around.method.route_key == "$default" {
        pieces.cut_last_slash();
        pieces.push(PathPiece::Path);
    }
    Ok(pieces.finish(integration.uri_place, problems))
}

/// The piece that `integration.request.path.{name}` fills a REST API's `{name}` with.
fn mapped(name: &str, mappings: &Mappings) -> Option<PathPiece> {
    let (_, piece) = mappings.path.iter().find(|(known, _)| known == name)?;
    Some(match piece {
        PathPiece::Text(text) => PathPiece::Text(text.clone()),
        PathPiece::Parameter(position) => PathPiece::Parameter(*position),
        PathPiece::Path => PathPiece::Path,
        PathPiece::Value(value) => PathPiece::Value(value.clone()),
    })
}

fn unfilled(name: &str, around: Surroundings<'_>, place: Place) -> Problem {
    let problem = Problem::warning(place, format!("nothing fills \"{{{name}}}\" of the URI"));
    match around.stage.api_kind {
        ApiKind::RestApi => problem.suggest(format!(
            "map \"integration.request.path.{name}\" to \"method.request.path.{name}\""
        )),
        ApiKind::HttpApi => problem.suggest("name a variable of the route's path"),
    }
}

/// `overwrite:path`: text and `$request.path…` selections.
fn whole_path(
    text: &str,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Option<Box<[PathPiece]>> {
    use crate::transform::{Expression, Piece};
    let mut pieces = Pieces::default();
    match compile_expression(text, Side::Request, around, place, problems)? {
        Expression::Mixed(parts) => {
            for part in parts {
                pieces.push(match part {
                    Piece::Text(text) => PathPiece::Text(text),
                    Piece::Source(source) => path_piece(Expression::Source(source)),
                });
            }
        }
        single => pieces.push(path_piece(single)),
    }
    let starts_with_slash = match pieces.list.first() {
        Some(PathPiece::Text(text)) => text.starts_with(b"/"),
        Some(PathPiece::Path) => true,
        _ => false,
    };
    if !starts_with_slash {
        pieces.list.insert(0, PathPiece::Text(b"/".as_slice().into()));
    }
    pieces.finish(place, problems)
}

/// Pieces of a path, neighbouring text joined.
#[derive(Default)]
struct Pieces {
    list: Vec<PathPiece>,
}

impl Pieces {
    fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(PathPiece::Text(text.as_bytes().into()));
        }
    }

    fn push(&mut self, piece: PathPiece) {
        match (self.list.last_mut(), piece) {
            (Some(PathPiece::Text(before)), PathPiece::Text(text)) => {
                *before = [&**before, &*text].concat().into();
            }
            (_, piece) => self.list.push(piece),
        }
    }

    fn cut_last_slash(&mut self) {
        if let Some(PathPiece::Text(text)) = self.list.last_mut()
            && let Some(cut) = text.strip_suffix(b"/")
        {
            *text = cut.into();
        }
    }

    /// Escapes the text; a dot segment in it is refused, since nobody means it.
    fn finish(self, place: Place, problems: &mut Vec<Problem>) -> Option<Box<[PathPiece]>> {
        let escape = |piece| match piece {
            PathPiece::Text(text) => {
                let mut escaped = Vec::new();
                copy_path(&text, &mut escaped);
                PathPiece::Text(escaped.into())
            }
            other => other,
        };
        let pieces: Box<[_]> = self.list.into_iter().map(escape).collect();
        // Whatever fills a variable is looked at when it comes.
        let part = |piece: &PathPiece| match piece {
            PathPiece::Text(text) => text.to_vec(),
            _ => b"x".to_vec(),
        };
        if has_dot_segment(&pieces.iter().flat_map(part).collect::<Vec<_>>()) {
            problems.push(Problem::error(place, "the path holds a \".\" or \"..\" segment"));
            return None;
        }
        Some(pieces)
    }
}
