//! Workbooks for people: templates to fill in, standards to edit.

mod template;
