//! Standards: what is written, how it is read, checked and compiled.

pub mod document;
