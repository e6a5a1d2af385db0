//! Who takes part: tables of communities without a campaign around them.

use std::path::PathBuf;

use dabiao::Faults;
use dabiao::grid::{CodeScheme, Registry};

use super::tables::{self, RowFeed};
use crate::read::{ReadOptions, Source, locate};

/// Reads the tables of communities alone: `code`, `name`, `street`, `district`, …
///
/// # Errors
/// All faults of all tables.
pub fn read_registry(
    scheme: CodeScheme,
    files: &[PathBuf],
    options: &ReadOptions,
) -> Result<Registry, Faults> {
    let mut builder = Registry::builder(scheme);
    let mut sheets = Vec::new();
    for file in files {
        let source = Source::path(file);
        tables::read_communities(
            &mut builder,
            &[],
            source,
            options,
            &mut |_, _| {},
            &mut sheets,
        );
    }
    builder.finish().map_err(|mut faults| {
        locate(&mut faults, &sheets);
        faults
    })
}

/// Makes a registry of rows from anywhere: a table with the columns that those of
/// [`read_registry`] have.
///
/// # Errors
/// All faults of the table.
pub fn registry_from_rows(
    scheme: CodeScheme,
    communities: &mut RowFeed<'_>,
) -> Result<Registry, Faults> {
    let mut builder = Registry::builder(scheme);
    let faults = tables::read_community_rows(&mut builder, &[], communities, &mut |_, _| {});
    for fault in faults.listed {
        builder.push_fault(fault);
    }
    builder.finish()
}
