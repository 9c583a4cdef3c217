//! What of CloudFormation may stand in a definition, and what belongs to a template?

use crate::definition::{Place, Problem};
use crate::manage::problems::{Problems, quote};

use super::{Node, Surroundings, Value};

/// Functions that CloudFormation writes as YAML tags or as keys of an object.
const FUNCTIONS: [&str; 17] = [
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "Transform",
];

/// Whether a YAML tag such as `!Sub` is a function of CloudFormation.
pub(super) fn is_tag(name: &str) -> bool {
    name.strip_prefix('!').is_some_and(|name| name == "Ref" || FUNCTIONS.contains(&name))
}

/// Whether an object with the single key `key` is a call of a function of CloudFormation.
fn is_call(key: &str) -> bool {
    key == "Ref" || key.strip_prefix("Fn::").is_some_and(|name| FUNCTIONS.contains(&name))
}

/// That the function `name` stands at `place`.
pub(super) fn problem(place: Place, name: &str) -> Problem {
    Problem::error(
        place,
        format!("{} is a CloudFormation intrinsic and belongs to a template", quote(name)),
    )
    .suggest("write the value itself; \"${AWS::Region}\", \"${AWS::AccountId}\" and \"${AWS::Partition}\" may stay")
}

/// Fills in the pseudo parameters that AWS resolves at import: "`${AWS::AccountId}`,
/// `${AWS::Partition}`, `${AWS::Region}` in a definition are resolved at import time".
pub(super) struct PseudoParameters<'a> {
    values: [(&'static str, &'a str); 4],
}

impl<'a> PseudoParameters<'a> {
    pub(super) fn new(surroundings: &Surroundings<'a>) -> Self {
        Self {
            values: [
                ("${AWS::AccountId}", surroundings.account_id),
                ("${AWS::Partition}", "aws"),
                ("${AWS::Region}", surroundings.region),
                ("${AWS::URLSuffix}", "amazonaws.com"),
            ],
        }
    }

    /// Resolves what stands anywhere in `node` and refuses calls of functions.
    pub(super) fn resolve(&self, node: &mut Node, problems: &mut Problems) {
        match &mut node.value {
            Value::Text(text) if text.contains("${AWS::") => {
                for (name, value) in self.values {
                    *text = text.replace(name, value);
                }
                if let Some(at) = text.find("${AWS::") {
                    let rest = &text[at..];
                    let name = &rest[..rest.find('}').map_or(rest.len(), |end| end + 1)];
                    let name = name.to_owned();
                    problems.report(|| problem(node.place, &name));
                    node.value = Value::Refused;
                }
            }
            Value::List(items) => {
                for item in items {
                    self.resolve(item, problems);
                }
            }
            Value::Map(map) => {
                if let [only] = map.entries()
                    && is_call(&only.key)
                {
                    let (place, name) = (only.key_place, only.key.clone());
                    problems.report(|| problem(place, &name));
                    node.value = Value::Refused;
                    return;
                }
                for value in map.values_mut() {
                    self.resolve(value, problems);
                }
            }
            _ => {}
        }
    }
}
