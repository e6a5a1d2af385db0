//! The templates of a whole registry: which workbooks, by which names, for whom.

use std::collections::{BTreeMap, BTreeSet};

use dabiao::grid::Registry;
use dabiao::{Fault, FaultCode, Faults, Text};

use super::{TemplateCommunity, TemplateOptions};

/// What there is one workbook for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TemplateFor {
    /// Each community: a form.
    #[default]
    Community,
    /// Each street: a table with a row for each of its communities.
    Street,
}

/// The workbooks to make for the communities of a registry: of each the name of its file,
/// without an ending, and what [`super::template`] makes it of. Names are such as any system
/// takes, and no two are the same.
///
/// ```
/// use dabiao::grid::CodeScheme;
/// use dabiao_io::{Source, TemplateFor, TemplateOptions, registry_from_rows, read_rows, templates};
/// let table = "code,name,street\nc1,甲,东街\nc2,乙,东街\n";
/// let registry = registry_from_rows(CodeScheme::Free, &mut |each| {
///     read_rows(Source::bytes("communities.csv", table), &Default::default(), each)
/// })?;
/// let names = |each| -> Result<Vec<String>, dabiao::Faults> {
///     let made = templates(&registry, each, &TemplateOptions::new())?;
///     Ok(made.into_iter().map(|(name, _)| name).collect())
/// };
/// assert_eq!(names(TemplateFor::Community)?, ["c1 甲", "c2 乙"]);
/// assert_eq!(names(TemplateFor::Street)?, ["东街"]);
/// # Ok::<(), dabiao::Faults>(())
/// ```
///
/// # Errors
/// One workbook a street, where the registry has no column of streets.
pub fn templates(
    registry: &Registry,
    each: TemplateFor,
    options: &TemplateOptions,
) -> Result<Vec<(String, TemplateOptions)>, Faults> {
    match each {
        TemplateFor::Community => Ok(one_each(registry, options)),
        TemplateFor::Street => one_a_street(registry, options),
    }
}

fn communities(registry: &Registry) -> impl Iterator<Item = TemplateCommunity> {
    let names = registry.attribute("name");
    let name = move |row: usize| names.and_then(|names| names.get(row)).cloned();
    let codes = registry.codes().iter().enumerate();
    codes.map(move |(row, code)| TemplateCommunity {
        code: code.clone(),
        name: name(row).unwrap_or_default(),
    })
}

fn one_each(registry: &Registry, options: &TemplateOptions) -> Vec<(String, TemplateOptions)> {
    let mut taken = BTreeSet::new();
    let planned = communities(registry).map(|community| {
        let wanted = format!("{} {}", community.code, community.name);
        let name = unused(&mut taken, &wanted);
        (name, options.clone().for_community(community))
    });
    planned.collect()
}

fn one_a_street(
    registry: &Registry,
    options: &TemplateOptions,
) -> Result<Vec<(String, TemplateOptions)>, Faults> {
    let (codes, names) = (
        registry.attribute("street_code"),
        registry.attribute("street"),
    );
    if codes.is_none() && names.is_none() {
        let fault = Fault::new(FaultCode::MissingColumn);
        return Err(fault
            .expected(Text::new(
                "街道一列\u{ff08}街道、街道编码\u{ff09}",
                "a column of streets (street, street_code)",
            ))
            .into());
    }
    let held = |column: Option<&[String]>, row: usize| {
        let held = column.and_then(|column| column.get(row));
        held.cloned().unwrap_or_default()
    };
    let mut streets: BTreeMap<(String, String), Vec<TemplateCommunity>> = BTreeMap::new();
    for (row, community) in communities(registry).enumerate() {
        let street = (held(codes, row), held(names, row));
        streets.entry(street).or_default().push(community);
    }
    let mut taken = BTreeSet::new();
    let planned = streets.into_iter().map(|((code, name), communities)| {
        let name = unused(&mut taken, &format!("{code} {name}"));
        (name, options.clone().for_street(communities))
    });
    Ok(planned.collect())
}

/// A name that a file may have on any system and that no other file of this call has.
fn unused(taken: &mut BTreeSet<String>, wanted: &str) -> String {
    let plain: String = wanted
        .trim()
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .take(80)
        .collect();
    let plain = plain.trim_end_matches(['.', ' ']);
    let plain = if plain.is_empty() { "template" } else { plain };
    let mut name = plain.to_owned();
    let mut number = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{plain} ({number})");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_suit_any_system_and_differ() {
        let mut taken = BTreeSet::new();
        let mut name = |wanted: &str| unused(&mut taken, wanted);
        assert_eq!(name("a/b:c "), "a_b_c");
        assert_eq!(name("A\\b?C"), "A_b_C (2)");
        assert_eq!(name(" .. "), "template");
        assert_eq!(name(&"\u{957f}".repeat(200)).chars().count(), 80);
    }
}
