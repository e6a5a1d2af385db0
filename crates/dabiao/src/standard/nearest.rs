//! "Did you mean": the known name nearest to an unknown one.

/// The known name with the fewest edits, where they are few for its length.
pub(crate) fn nearest_name<'a>(
    unknown: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    /// Comparing takes time with the product of the lengths.
    const LONGEST: usize = 64;
    let short = |name: &&str| name.chars().take(LONGEST + 1).count() <= LONGEST;
    if !short(&unknown) {
        return None;
    }
    known
        .filter(short)
        .map(|name| (strsim::damerau_levenshtein(unknown, name), name))
        .filter(|(edits, name)| {
            // What has every letter changed is another name.
            let length = name.chars().count();
            *edits <= 1 + length / 4 && *edits < length
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}
