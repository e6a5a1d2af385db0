//! Who takes part, from any table.

use dabiao::Faults;
use dabiao::grid::{CodeScheme, Registry};
use dabiao_io::{
    ReadOptions, Registered, Source, read_registered, read_registry, registered_from_rows,
    registry_from_rows,
};

use crate::input::AnyRows;

/// A registry; files are read as files, so that their faults name them.
pub(crate) fn registry(scheme: CodeScheme, rows: AnyRows) -> Result<Registry, Faults> {
    match rows {
        AnyRows::File(path) => read_registry(scheme, &[path], &ReadOptions::new()),
        mut rows => registry_from_rows(scheme, &mut |each| rows.each(each)),
    }
}

/// The communities that should be there.
pub(crate) fn registered(rows: AnyRows) -> Result<Vec<Registered>, Faults> {
    match rows {
        AnyRows::File(path) => read_registered(Source::path(&path), &ReadOptions::new()),
        mut rows => registered_from_rows(&mut |each| rows.each(each)),
    }
}
