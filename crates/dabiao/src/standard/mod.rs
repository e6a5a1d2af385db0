//! Standards: what is written, how it is read, checked and compiled.

#[cfg(test)]
mod arbitrary;
mod checked;
mod contents;
mod decode;
pub mod document;
mod nearest;
mod schema;
mod source;
mod tree;
mod validate;
mod write;

pub use checked::Standard;
pub use contents::Observed;
pub(crate) use nearest::nearest_name;
pub use schema::SCHEMA;
pub use source::{MAX_BYTES, text_of};
pub use tree::Format;
pub use write::Written;
