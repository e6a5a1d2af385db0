//! What a standard holds: itself, its measures, sections and items, by index and by code.

use std::ffi::{CString, c_char};
use std::ptr;

use engine::explain::rule_in_words;
use engine::standard::document::{Grade, Item, Level, MeasureKind, Veto};
use engine::{Rational, Standard, Text};

use crate::args::{self, Out};
use crate::guard::{guard, guard_or};
use crate::handle;
use crate::standard::{dabiao_standard, of};
use crate::status::{self, Error, dabiao_status};
use crate::text::{self, c_string, dabiao_text};

/// Sections, each before its own sections.
pub const DABIAO_PART_SECTION: i32 = 0;
/// Items of all sections, in the order of the standard.
pub const DABIAO_PART_ITEM: i32 = 1;
/// Bonuses.
pub const DABIAO_PART_BONUS: i32 = 2;
/// Deductions.
pub const DABIAO_PART_DEDUCTION: i32 = 3;
/// Vetoes.
pub const DABIAO_PART_VETO: i32 = 4;
/// Grades, best first.
pub const DABIAO_PART_GRADE: i32 = 5;
const PART_KINDS: usize = 6;
/// How many parts there are, by kind.
pub(crate) type Counts = [usize; PART_KINDS];

/// A section at the top, or a part that stands in no section.
pub(crate) const DABIAO_NO_PARENT: usize = usize::MAX;

/// A whole number, at least 0.
pub const DABIAO_KIND_COUNT: i32 = 0;
/// A number in the measure's unit.
pub const DABIAO_KIND_NUMBER: i32 = 1;
/// 1 for yes, 0 for no.
pub const DABIAO_KIND_YES_NO: i32 = 2;
/// The index of a label.
pub const DABIAO_KIND_LABEL: i32 = 3;
/// The days since 1970-01-01.
pub const DABIAO_KIND_DATE: i32 = 4;

/// Collected at the street.
pub const DABIAO_LEVEL_STREET: i32 = 0;
/// Collected at the community.
pub const DABIAO_LEVEL_COMMUNITY: i32 = 1;
/// Collected at the grid, and rolled up.
pub const DABIAO_LEVEL_GRID: i32 = 2;
/// Collected at the building, and rolled up.
pub const DABIAO_LEVEL_BUILDING: i32 = 3;
/// Collected at the residential compound, and rolled up.
pub const DABIAO_LEVEL_COMPOUND: i32 = 4;

/// What a standard says of itself. Texts belong to the standard and live as long as it.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_standard_info {
    /// Its id.
    pub id: *const c_char,
    /// Its version, or NULL.
    pub version: *const c_char,
    /// Its title in Chinese.
    pub title_zh: *const c_char,
    /// Its title in English.
    pub title_en: *const c_char,
    /// What of it is official and what is drafted, in Chinese, or NULL. Show it wherever you
    /// show the standard.
    pub notice_zh: *const c_char,
    /// The same in English, or NULL.
    pub notice_en: *const c_char,
    /// Where it was published, or NULL.
    pub source: *const c_char,
    /// Full marks.
    pub full_marks: f64,
    /// Digits after the point of every points but the totals.
    pub decimals: u32,
    /// Digits after the point of the total and the total before bonus.
    pub total_decimals: u32,
    /// How many measures there are.
    pub measures: usize,
    /// How many sections, at all depths.
    pub sections: usize,
    /// How many items, in all sections.
    pub items: usize,
    /// How many bonuses.
    pub bonuses: usize,
    /// How many deductions.
    pub deductions: usize,
    /// How many vetoes.
    pub vetoes: usize,
    /// How many grades.
    pub grades: usize,
}

/// A measure: what is observed. Texts belong to the standard and live as long as it.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_measure {
    /// Its name in the standard.
    pub name: *const c_char,
    /// Its title in Chinese.
    pub title_zh: *const c_char,
    /// Its title in English.
    pub title_en: *const c_char,
    /// Its unit, or NULL.
    pub unit: *const c_char,
    /// What a community's value is: `DABIAO_KIND_...`.
    pub kind: i32,
    /// Where it is collected: `DABIAO_LEVEL_...`.
    pub level: i32,
    /// How many labels it may take.
    pub labels: usize,
    /// The least value, or minus infinity.
    pub min: f64,
    /// The greatest value, or infinity.
    pub max: f64,
}

/// A section, item, bonus, deduction, veto or grade. Texts belong to the standard and live as
/// long as it.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_part {
    /// Its code.
    pub code: *const c_char,
    /// Its title in Chinese.
    pub title_zh: *const c_char,
    /// Its title in English.
    pub title_en: *const c_char,
    /// The index of the section in which it stands, or `DABIAO_NO_PARENT`.
    pub parent: usize,
    /// The points that it is worth at most; NaN where there are none or no bound.
    pub points: f64,
}

/// What a standard holds, with texts as C reads them.
pub(crate) struct Contents {
    about: About,
    measures: Vec<Measure>,
    parts: [Vec<Part>; PART_KINDS],
}

struct About {
    id: CString,
    version: Option<CString>,
    title: [CString; 2],
    notice: Option<[CString; 2]>,
    source: Option<CString>,
    full_marks: f64,
    decimals: u32,
    total_decimals: u32,
}

struct Measure {
    name: CString,
    title: [CString; 2],
    unit: Option<CString>,
    kind: i32,
    level: i32,
    labels: Vec<CString>,
    min: f64,
    max: f64,
}

struct Part {
    code: CString,
    title: [CString; 2],
    parent: usize,
    points: f64,
}

pub(crate) fn counts(standard: &Standard) -> Counts {
    let document = standard.document();
    [
        standard.sections().len(),
        standard.items().len(),
        document.bonus.len(),
        document.deductions.len(),
        document.vetoes.len(),
        document.grades.len(),
    ]
}

fn titles(title: &Text) -> [CString; 2] {
    [engine::Lang::Zh, engine::Lang::En].map(|lang| c_string(title.get(lang)))
}

impl Contents {
    pub(crate) fn of(standard: &Standard) -> Contents {
        let document = standard.document();
        let (mut sections, mut items) = (Vec::new(), Vec::new());
        let ordered = standard.sections();
        for (at, section) in ordered.iter().enumerate() {
            let parent = ordered
                .iter()
                .position(|other| other.sections.iter().any(|child| ptr::eq(child, *section)));
            let worth = standard.worth(at).map(Rational::to_f64);
            sections.push(Part::new(&section.id, &section.title, parent, worth));
            items.extend(section.items.iter().map(|item| Part::item(item, Some(at))));
        }
        let extras = |items: &[Item]| items.iter().map(|item| Part::item(item, None)).collect();
        let veto = |veto: &Veto| Part::new(&veto.id, &veto.title, None, None);
        let grade = |grade: &Grade| Part::new(&grade.id, &grade.title, None, None);
        let parts = [
            sections,
            items,
            extras(&document.bonus),
            extras(&document.deductions),
            document.vetoes.iter().map(veto).collect(),
            document.grades.iter().map(grade).collect(),
        ];
        let measures = 0..document.measures.len();
        Contents {
            about: About::of(standard),
            measures: measures
                .filter_map(|at| Measure::of(standard, at))
                .collect(),
            parts,
        }
    }

    /// The one look-up of measures by index.
    fn measure(&self, argument: &str, index: usize) -> Result<&Measure, Error> {
        let found = self.measures.get(index);
        found.ok_or_else(|| Error::not_found(argument, index))
    }

    /// The parts of a kind.
    fn parts(&self, kind: i32) -> Result<&[Part], Error> {
        usize::try_from(kind)
            .ok()
            .and_then(|kind| self.parts.get(kind))
            .map(Vec::as_slice)
            .ok_or_else(|| Error::argument("kind", "不是 DABIAO_PART_...", "is no DABIAO_PART_..."))
    }
}

impl About {
    fn of(standard: &Standard) -> About {
        let document = standard.document();
        About {
            id: c_string(&document.id),
            version: document.version.as_deref().map(c_string),
            title: titles(&document.title),
            notice: document.notice.as_ref().map(titles),
            source: document.source.as_deref().map(c_string),
            full_marks: standard.full_marks().to_f64(),
            decimals: document.decimals.into(),
            total_decimals: document.total_decimals.unwrap_or(document.decimals).into(),
        }
    }
}

impl Measure {
    fn of(standard: &Standard, at: usize) -> Option<Measure> {
        let measure = standard.document().measures.get(at)?;
        let observed = standard.observed(at)?;
        let bound = |bound: Option<&Rational>, none| bound.map_or(none, Rational::to_f64);
        Some(Measure {
            name: c_string(&measure.name),
            title: titles(&measure.title),
            unit: measure.unit.as_deref().map(c_string),
            kind: match observed.kind {
                MeasureKind::Count => DABIAO_KIND_COUNT,
                MeasureKind::Number => DABIAO_KIND_NUMBER,
                MeasureKind::YesNo => DABIAO_KIND_YES_NO,
                MeasureKind::Label => DABIAO_KIND_LABEL,
                MeasureKind::Date => DABIAO_KIND_DATE,
            },
            level: match measure.level {
                Level::Street => DABIAO_LEVEL_STREET,
                Level::Community => DABIAO_LEVEL_COMMUNITY,
                Level::Grid => DABIAO_LEVEL_GRID,
                Level::Building => DABIAO_LEVEL_BUILDING,
                Level::Compound => DABIAO_LEVEL_COMPOUND,
            },
            labels: observed.labels.iter().map(|text| c_string(text)).collect(),
            min: bound(observed.min, f64::NEG_INFINITY),
            max: bound(observed.max, f64::INFINITY),
        })
    }
}

impl Part {
    fn new(code: &str, title: &Text, parent: Option<usize>, points: Option<f64>) -> Part {
        Part {
            code: c_string(code),
            title: titles(title),
            parent: parent.unwrap_or(DABIAO_NO_PARENT),
            points: points.unwrap_or(f64::NAN),
        }
    }

    fn item(item: &Item, parent: Option<usize>) -> Part {
        let points = item.points.as_ref().map(Rational::to_f64);
        Part::new(&item.id, &item.title, parent, points)
    }
}

/// Writes the index of what has a name among `named`.
///
/// # Safety
/// `name` and `out` are as the header asks.
unsafe fn find<T>(
    argument: &str,
    name: *const c_char,
    out: *mut usize,
    named: &[T],
    of: impl Fn(&T) -> &CString,
) -> Result<(), Error> {
    // SAFETY: promised by the caller.
    let (name, out) = unsafe { (args::text(argument, name)?, Out::new("out", out)?) };
    let found = named
        .iter()
        .position(|held| of(held).to_bytes() == name.as_bytes());
    out.write(found.ok_or_else(|| Error::not_found(argument, name))?);
    Ok(())
}

/// Says what the standard is and how much it holds. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_about(
    standard: *const dabiao_standard,
    out: *mut dabiao_standard_info,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let (about, contents) = (&held.contents.about, &held.contents);
        let notice = |at: usize| of(about.notice.as_ref().map(|notice| &notice[at]));
        let [sections, items, bonuses, deductions, vetoes, grades] =
            contents.parts.each_ref().map(Vec::len);
        out.write(dabiao_standard_info {
            id: about.id.as_ptr(),
            version: of(about.version.as_ref()),
            title_zh: about.title[0].as_ptr(),
            title_en: about.title[1].as_ptr(),
            notice_zh: notice(0),
            notice_en: notice(1),
            source: of(about.source.as_ref()),
            full_marks: about.full_marks,
            decimals: about.decimals,
            total_decimals: about.total_decimals,
            measures: contents.measures.len(),
            sections,
            items,
            bonuses,
            deductions,
            vetoes,
            grades,
        });
        Ok(())
    })
}

/// Describes a measure by its index from 0. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_measure(
    standard: *const dabiao_standard,
    index: usize,
    out: *mut dabiao_measure,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let measure = held.contents.measure("index", index)?;
        out.write(dabiao_measure {
            name: measure.name.as_ptr(),
            title_zh: measure.title[0].as_ptr(),
            title_en: measure.title[1].as_ptr(),
            unit: of(measure.unit.as_ref()),
            kind: measure.kind,
            level: measure.level,
            labels: measure.labels.len(),
            min: measure.min,
            max: measure.max,
        });
        Ok(())
    })
}

/// The index of the measure of a name. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_find_measure(
    standard: *const dabiao_standard,
    name: *const c_char,
    out: *mut usize,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: passed on.
        unsafe { find("name", name, out, &held.contents.measures, |m| &m.name) }
    })
}

/// A label of a measure by its index from 0, the best first; NULL where there is none. The
/// text belongs to the standard. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_standard_label(
    standard: *const dabiao_standard,
    measure: usize,
    label: usize,
) -> *const c_char {
    guard_or(ptr::null(), || {
        let held = handle::hold("standard", standard)?;
        let measure = held.contents.measure("measure", measure)?;
        let text = measure.labels.get(label);
        Ok(of(Some(
            text.ok_or_else(|| Error::not_found("label", label))?,
        )))
    })
}

/// Describes a section, item, bonus, deduction, veto or grade (`kind` is `DABIAO_PART_...`) by
/// its index from 0. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_part(
    standard: *const dabiao_standard,
    kind: i32,
    index: usize,
    out: *mut dabiao_part,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let part = held.contents.parts(kind)?.get(index);
        let part = part.ok_or_else(|| Error::not_found("index", index))?;
        out.write(dabiao_part {
            code: part.code.as_ptr(),
            title_zh: part.title[0].as_ptr(),
            title_en: part.title[1].as_ptr(),
            parent: part.parent,
            points: part.points,
        });
        Ok(())
    })
}

/// The index of the part of a kind with a code, such as the item "2.4". Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_find_part(
    standard: *const dabiao_standard,
    kind: i32,
    code: *const c_char,
    out: *mut usize,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        let parts = held.contents.parts(kind)?;
        // SAFETY: passed on.
        unsafe { find("code", code, out, parts, |part| &part.code) }
    })
}

/// The rule of an item in words: what is looked at and how it becomes points. `lang` is
/// `DABIAO_LANG_...`. On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_rule(
    standard: *const dabiao_standard,
    item: usize,
    lang: i32,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let lang = status::lang(lang)?;
        let items = held.standard.items();
        let found = items
            .get(item)
            .ok_or_else(|| Error::not_found("item", item))?;
        let words = rule_in_words(
            held.standard.document(),
            &found.marking,
            found.points.as_ref(),
            lang,
        );
        text::give(out, &words)
    })
}
