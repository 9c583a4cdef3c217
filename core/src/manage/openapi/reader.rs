//! How does an importer read typed values from a document, and say what it does not like?

use crate::definition::{Place, Problem};
use crate::limits::DEFINITION_EXPANSION_MAX;
use crate::manage::document::{Entry, Map, Node, Value};
use crate::manage::problems::{Problems, did_you_mean, quote};

use super::ApiKind;
use super::keys::ObjectKeys;

/// Which specification a document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Swagger 2.0.
    Swagger2,
    /// OpenAPI 3.0.
    OpenApi3,
}

/// A document being read, with what was found wrong so far.
///
/// `null` counts as absent everywhere, and so does a value that was refused when the document was
/// read: its problem is already told.
pub(super) struct Reader<'d> {
    /// The object at the document's root.
    pub(super) root: &'d Map,
    /// Where the document begins.
    pub(super) place: Place,
    pub(super) dialect: Dialect,
    pub(super) kind: ApiKind,
    pub(super) problems: Problems,
    expansion_left: usize,
}

impl<'d> Reader<'d> {
    pub(super) fn new(root: &'d Map, place: Place, problems: Problems) -> Self {
        Self {
            root,
            place,
            dialect: Dialect::OpenApi3,
            kind: ApiKind::Rest,
            problems,
            expansion_left: DEFINITION_EXPANSION_MAX,
        }
    }

    /// The member `key` of `map`, where it has a value.
    pub(super) fn member(&self, map: &'d Map, key: &str) -> Option<&'d Entry> {
        map.find(key).filter(|entry| !matches!(entry.value.value, Value::Null | Value::Refused))
    }

    /// Whether `map` says something under `key`, readable or not: what is there but wrong has
    /// been told, and is not missing as well.
    pub(super) fn has(&self, map: &Map, key: &str) -> bool {
        map.find(key).is_some_and(|entry| !matches!(entry.value.value, Value::Null))
    }

    /// The object `key` of `map`.
    pub(super) fn map_member(&mut self, map: &'d Map, key: &str) -> Option<&'d Map> {
        let entry = self.member(map, key)?;
        self.map(entry)
    }

    /// The text `key` of `map`.
    pub(super) fn text_member(&mut self, map: &'d Map, key: &str) -> Option<&'d str> {
        let entry = self.member(map, key)?;
        self.text(entry)
    }

    /// The boolean `key` of `map`.
    pub(super) fn flag_member(&mut self, map: &'d Map, key: &str) -> Option<bool> {
        let entry = self.member(map, key)?;
        self.flag(entry)
    }

    /// The object that is the value of `entry`.
    pub(super) fn map(&mut self, entry: &'d Entry) -> Option<&'d Map> {
        if let Value::Map(map) = &entry.value.value {
            return Some(map);
        }
        self.wrong_type(entry, "an object");
        None
    }

    /// The list that is the value of `entry`.
    pub(super) fn list(&mut self, entry: &'d Entry) -> Option<&'d [Node]> {
        if let Value::List(items) = &entry.value.value {
            return Some(items);
        }
        self.wrong_type(entry, "a list");
        None
    }

    /// The texts in the list that is the value of `entry`; a single text is a list of one.
    pub(super) fn texts(&mut self, entry: &'d Entry) -> Vec<(&'d str, Place)> {
        if let Value::Text(text) = &entry.value.value {
            return vec![(text, entry.value.place)];
        }
        let mut texts = Vec::new();
        for item in self.list(entry).unwrap_or_default() {
            match &item.value {
                Value::Text(text) | Value::Number(text) => texts.push((text.as_str(), item.place)),
                Value::Refused => {}
                other => {
                    let message =
                        format!("{} holds text, not {}", quote(&entry.key), other.describe());
                    self.problems.error(item.place, message);
                }
            }
        }
        texts
    }

    /// The text that is the value of `entry`; a number is taken as spelled, since YAML makes
    /// numbers of versions and account ids that nobody quoted.
    pub(super) fn text(&mut self, entry: &'d Entry) -> Option<&'d str> {
        match &entry.value.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            _ => {
                self.wrong_type(entry, "text");
                None
            }
        }
    }

    /// The boolean that is the value of `entry`, also where it is spelled as text: the readers AWS
    /// uses take `"true"`, and YAML 1.1 wrote `yes` and `on`.
    pub(super) fn flag(&mut self, entry: &'d Entry) -> Option<bool> {
        match &entry.value.value {
            Value::Bool(flag) => return Some(*flag),
            Value::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => return Some(true),
                "false" | "no" | "off" => return Some(false),
                _ => {}
            },
            _ => {}
        }
        self.wrong_type(entry, "true or false");
        None
    }

    /// The integer that is the value of `entry`, also where it is spelled as text.
    pub(super) fn integer(&mut self, entry: &'d Entry) -> Option<i64> {
        let spelled = match &entry.value.value {
            Value::Text(text) | Value::Number(text) => text.as_str(),
            _ => "",
        };
        let number = spelled.parse().ok();
        if number.is_none() {
            self.wrong_type(entry, "an integer");
        }
        number
    }

    /// One of `words` that is the value of `entry`, whatever its case.
    pub(super) fn word<T: Copy>(
        &mut self,
        entry: &'d Entry,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(entry)?;
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.problems.report(|| {
                let message = format!("{} is no value of {}", quote(text), quote(&entry.key));
                let suggestion = did_you_mean(text, known.iter().copied())
                    .unwrap_or_else(|| format!("one of {}", known.join(", ")));
                Problem::error(entry.value.place, message).suggest(suggestion)
            });
        }
        found.map(|(_, value)| *value)
    }

    /// The texts of an object, in the order of the document. A value of another type is left out
    /// with the warning AWS gives.
    pub(super) fn text_entries(&mut self, entry: &'d Entry) -> Vec<(&'d Entry, &'d str)> {
        let mut texts = Vec::new();
        for inside in self.map(entry).map(Map::entries).unwrap_or_default() {
            match &inside.value.value {
                Value::Text(text) => texts.push((inside, text.as_str())),
                Value::Refused => {}
                other => {
                    let message = format!(
                        "Invalid format for '{}'. Expected type string for property {}, found {}; it is left out",
                        entry.key,
                        quote(&inside.key),
                        other.describe(),
                    );
                    self.problems.warning(inside.value.place, message);
                }
            }
        }
        texts
    }

    fn wrong_type(&mut self, entry: &Entry, wanted: &str) {
        if matches!(entry.value.value, Value::Refused) {
            return;
        }
        self.problems.report(|| {
            let found = match &entry.value.value {
                Value::Text(text) | Value::Number(text) => quote(text),
                other => other.describe().to_owned(),
            };
            let message = format!("{} must be {wanted}, not {found}", quote(&entry.key));
            Problem::error(entry.value.place, message)
        });
    }

    /// Warns of every key of `map` that `keys` does not know.
    pub(super) fn check_keys(&mut self, map: &'d Map, keys: &ObjectKeys) {
        for entry in map.entries() {
            if let Some(problem) = keys.problem(entry, self.kind, self.problems.is_full()) {
                self.problems.push(problem);
            }
        }
    }

    /// Takes `values` from what references may expand to; false where nothing is left.
    pub(super) fn charge(&mut self, values: usize, place: Place) -> bool {
        if let Some(left) = self.expansion_left.checked_sub(values) {
            self.expansion_left = left;
            return true;
        }
        let message = format!(
            "references and repetitions expand to more than {DEFINITION_EXPANSION_MAX} values"
        );
        self.problems.error(place, message);
        self.expansion_left = 0;
        false
    }
}
