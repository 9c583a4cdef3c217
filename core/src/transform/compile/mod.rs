//! Which expression or template did the operator write?

mod http_api;
mod rest_api;
mod template;

pub use template::{compile_gateway_template, compile_mapping_template};

use crate::context::{ApiKind, Use, Variable};
use crate::definition::{Place, Problem};

use super::{Expression, Source, Surroundings};

/// On which side of an integration does an expression stand?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It fills a request from the client's request.
    Request,
    /// It fills a response from the integration's response.
    Response,
    /// It fills a gateway response from the client's request.
    GatewayResponse,
}

/// Compiles a mapping expression in the language of the stage's kind of API.
///
/// `None` where it is no expression, or asks for a body: then a problem says so.
pub fn compile_expression(
    text: &str,
    side: Side,
    around: Surroundings<'_>,
    place: Place,
    problems: &mut Vec<Problem>,
) -> Option<Expression> {
    let compiler = Compiler { side, around, place };
    match around.stage.api_kind {
        ApiKind::RestApi => rest_api::compile(text, &compiler, problems),
        ApiKind::HttpApi => http_api::compile(text, &compiler, problems),
    }
}

/// What all expressions of one place share.
struct Compiler<'a> {
    side: Side,
    around: Surroundings<'a>,
    place: Place,
}

impl Compiler<'_> {
    /// `context.x`
    fn context(&self, name: &str, problems: &mut Vec<Problem>) -> Option<Source> {
        let used = match self.around.stage.api_kind {
            ApiKind::RestApi => Use::RestApiTemplate,
            ApiKind::HttpApi => Use::HttpApi,
        };
        let Some(variable) = Variable::from_name(name) else {
            problems.push(unknown_variable(name, self.place));
            return None;
        };
        // A status is told to gateway responses and response parameters, though not in the table.
        if !variable.is_offered_in(used) && self.side == Side::Request {
            problems.push(never_available(variable, self.place));
        }
        Some(Source::Context(variable))
    }

    /// `stageVariables.x`: a constant, or nothing.
    fn stage_variable(&self, name: &str, problems: &mut Vec<Problem>) -> Expression {
        match self.around.stage_variable(name) {
            Some(value) => Expression::Constant(value.as_bytes().into()),
            None => {
                problems.push(undefined_stage_variable(name, self.around, self.place));
                Expression::Source(Source::Absent)
            }
        }
    }

    /// A path variable: `method.request.path.x` or `$request.path.x`.
    fn path_parameter(&self, name: &str, problems: &mut Vec<Problem>) -> Source {
        if self.side == Side::GatewayResponse {
            return Source::NamedPathParameter(name.into());
        }
        if let Some(position) = self.around.path_parameter(name) {
            return Source::PathParameter(position);
        }
        let message =
            format!("the path has no variable \"{name}\", so the mapping is never applied");
        problems.push(Problem::warning(self.place, message));
        Source::Absent
    }
}

/// `$context.x` that does not exist.
pub(super) fn unknown_variable(name: &str, place: Place) -> Problem {
    let problem = Problem::error(place, format!("there is no context variable \"{name}\""));
    match Variable::nearest(name) {
        Some(known) => problem.suggest(format!("write \"{known}\"")),
        None => problem,
    }
}

fn never_available(variable: Variable, place: Place) -> Problem {
    let name = variable.as_str();
    Problem::warning(
        place,
        format!("\"$context.{name}\" is never available here, so it is left out"),
    )
}

/// `stageVariables.x` that the stage does not define: "replaced by empty string".
pub(crate) fn undefined_stage_variable(
    name: &str,
    around: Surroundings<'_>,
    place: Place,
) -> Problem {
    let stage = &around.stage.stage;
    let message =
        format!("stage \"{stage}\" defines no variable \"{name}\", so its value is empty");
    Problem::warning(place, message)
}
