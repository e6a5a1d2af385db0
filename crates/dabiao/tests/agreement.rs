//! The engine agrees with the reference on everything, over random standards and tables.

mod reference;
