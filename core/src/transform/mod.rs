//! How is a value taken from an exchange and put into another place?
//!
//! Mapping expressions and static templates are compiled into the same pieces: text, and sources
//! that are read from [`crate::context::Facts`] and, behind an integration, from its response.
//!
//! Absent on purpose: the template language (`#set`, `$input`, `$util`) and JSONPath. What uses
//! them does not compile and says so.

use crate::context::{MethodFacts, StageFacts};

/// What surrounds the thing that is compiled: whose variables and path parameters it may name.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The stage; its variables are constants of the compiled form.
    pub stage: &'a StageFacts,
    /// The method or route; the default where there is none.
    pub method: &'a MethodFacts,
}
