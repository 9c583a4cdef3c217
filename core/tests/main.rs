//! Which tests need more than one room, or look at the sources themselves?

mod corpus;
mod oracle;
mod tidy;
