//! How is a value taken from an exchange and put into another place?
//!
//! Mapping expressions and static templates are compiled into the same pieces: text, and sources
//! that are read from [`crate::context::Facts`] and, behind an integration, from its response.
//! Stage variables are constants: a stage that changes is compiled again.
//!
//! Absent on purpose: the template language (`#set`, `$input`, `$util`) and JSONPath. What uses
//! them does not compile and says so.

mod compile;
mod expression;
pub mod field_value;
pub mod escaped;
pub mod query;
mod reference;
mod source;
mod template;
#[cfg(test)]
mod tests;

pub use compile::{Side, compile_expression, compile_gateway_template, compile_mapping_template};
pub use expression::{Expression, Piece};
pub use reference::{Reference, scan_reference};
pub use source::{Name, Source, Take};
pub use template::{Template, TemplatePiece};

use crate::context::{MethodFacts, StageFacts};

/// What surrounds the thing that is compiled: whose variables and path parameters it may name.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The stage; its variables are constants of the compiled form.
    pub stage: &'a StageFacts,
    /// The method or route; the default where there is none.
    pub method: &'a MethodFacts,
}

impl<'a> Surroundings<'a> {
    /// The value of a stage variable.
    pub fn stage_variable(&self, name: &str) -> Option<&'a str> {
        let variables = &self.stage.variables;
        variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The position of a path variable among those that the route captures.
    pub fn path_parameter(&self, name: &str) -> Option<u16> {
        let names = &self.method.path_parameter_names;
        names.iter().position(|known| known == name).and_then(|at| u16::try_from(at).ok())
    }
}
