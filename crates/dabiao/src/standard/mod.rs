//! Standards: what is written, how it is read, checked and compiled.

mod checked;
pub mod document;
mod nearest;

pub use checked::Standard;
pub(crate) use nearest::nearest_name;
