//! Templates: workbooks that a community fills in without help, and that work out its points
//! while it does.

#[allow(dead_code, unused_imports)] // until workbooks are written with it
mod live;
