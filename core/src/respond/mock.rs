//! What does a mock answer?

use std::borrow::Cow;

use crate::context::ApiKind;
use crate::integrate::{Mock, Refusal};
use crate::message::HeadSink;

use super::{Answer, Occasion};

/// Writes the fields of a mock's answer and says its status and body.
///
/// What is the same in every exchange was written when the mock was compiled: fields are one copy,
/// and the body is borrowed. `scratch` is the caller's; what is in it is lost.
pub fn write_mock<'a>(
    mock: &'a Mock,
    occasion: &Occasion<'_>,
    scratch: &mut Vec<u8>,
    sink: &mut impl HeadSink,
) -> Result<Answer<'a>, Refusal> {
    let facts = occasion.facts;
    let response = mock.choose(facts)?;
    let body = response.body(facts);
    sink.push_block(&body.block);
    for (name, value) in &response.fields {
        scratch.clear();
        if let Some(range) = value.write_field_value(facts, None, scratch) {
            sink.push(name, &scratch[range]);
        }
    }
    occasion.push_fields(ApiKind::RestApi, sink);
    let body = match body.template.as_text() {
        Some(text) => Cow::Borrowed(text),
        None => {
            let mut rendered = Vec::new();
            body.template.render(facts, &mut rendered);
            Cow::Owned(rendered)
        }
    };
    Ok(Answer::new(response.status, body))
}
