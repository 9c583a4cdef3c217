//! Is the right thing answered?

mod cases;
mod cors;
mod gateway_response;
mod http_proxy;
mod mock;

use crate::context::testing::Exchange;
use crate::message::FieldBlock;

use super::{Answer, Cors, Occasion};

const DATE: &[u8] = b"Tue, 15 Nov 1994 08:12:31 GMT";

/// The fields of an answer, by name and value.
type Fields = Vec<(String, String)>;

/// What an answer to `exchange` says.
fn answered<T>(
    exchange: &Exchange,
    cors: Option<&Cors>,
    write: impl FnOnce(&Occasion<'_>, &mut FieldBlock) -> T,
) -> (T, Fields) {
    let facts = exchange.facts();
    let occasion = Occasion { facts: &facts, date: DATE, cors };
    let mut block = FieldBlock::default();
    let answer = write(&occasion, &mut block);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let fields = block.pairs().map(|(name, value)| (text(name), text(value))).collect();
    (answer, fields)
}

/// All values of a name, whatever its case, joined by `|`.
fn value_of(fields: &Fields, name: &str) -> Option<String> {
    let same = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
    let values: Vec<_> = fields.iter().filter(same).map(|(_, value)| value.as_str()).collect();
    if values.is_empty() { None } else { Some(values.join("|")) }
}

fn body(answer: &Answer<'_>) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn owned(fields: &[(&str, &str)]) -> Fields {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
