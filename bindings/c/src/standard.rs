//! Standards: read, shared between threads, and asked what they hold.

use std::ffi::{CString, c_char};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

use engine::explain::rule_in_words;
use engine::standard::MAX_BYTES;
use engine::standard::document::{Grade, Item, Level, MeasureKind, Veto};
use engine::{Fault, FaultCode, Faults, Rational, Standard, Text};

use crate::args::{self, Out};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Opaque};
use crate::status::{self, Error, dabiao_status};
use crate::text::{self, c_string, dabiao_text};

/// A standard: checked, compiled, and shared by as many threads as want it.
#[allow(non_camel_case_types, reason = "spelled as in the header")]
pub struct dabiao_standard {
    _opaque: [u8; 0],
}

impl Opaque for dabiao_standard {
    type Object = Held;
    const NAME: &'static str = "dabiao_standard";
}

/// A standard and its texts as C reads them.
pub(crate) struct Held {
    pub(crate) standard: Standard,
    about: [Option<CString>; 7],
    measures: Vec<MeasureTexts>,
    parts: [Vec<PartTexts>; PART_KINDS],
}

struct MeasureTexts {
    name: CString,
    title: [CString; 2],
    unit: Option<CString>,
    labels: Vec<CString>,
}

struct PartTexts {
    code: CString,
    title: [CString; 2],
    parent: usize,
    points: f64,
}

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

impl Held {
    pub(crate) fn new(standard: Standard) -> Held {
        let document = standard.document();
        let optional = |text: Option<&str>| text.map(c_string);
        let title = titles(&document.title);
        let notice = document.notice.as_ref().map(titles);
        let [notice_zh, notice_en] = notice.map_or([None, None], |notice| notice.map(Some));
        let [title_zh, title_en] = title.map(Some);
        let about = [
            Some(c_string(&document.id)),
            optional(document.version.as_deref()),
            title_zh,
            title_en,
            notice_zh,
            notice_en,
            optional(document.source.as_deref()),
        ];
        let measures = document.measures.iter().enumerate();
        let measures = measures.map(|(at, measure)| MeasureTexts {
            name: c_string(&measure.name),
            title: titles(&measure.title),
            unit: optional(measure.unit.as_deref()),
            labels: standard
                .observed(at)
                .map_or(&[][..], |observed| observed.labels)
                .iter()
                .map(|label| c_string(label))
                .collect(),
        });
        let (mut sections, mut items) = (Vec::new(), Vec::new());
        let ordered = standard.sections();
        for (at, section) in ordered.iter().enumerate() {
            let parent = ordered
                .iter()
                .position(|other| other.sections.iter().any(|child| ptr::eq(child, *section)));
            let worth = standard.worth(at).map(Rational::to_f64);
            sections.push(part_texts(&section.id, &section.title, parent, worth));
            items.extend(section.items.iter().map(|item| item_texts(item, Some(at))));
        }
        let extras = |items: &[Item]| items.iter().map(|item| item_texts(item, None)).collect();
        let veto = |veto: &Veto| part_texts(&veto.id, &veto.title, None, None);
        let grade = |grade: &Grade| part_texts(&grade.id, &grade.title, None, None);
        let parts = [
            sections,
            items,
            extras(&document.bonus),
            extras(&document.deductions),
            document.vetoes.iter().map(veto).collect(),
            document.grades.iter().map(grade).collect(),
        ];
        Held {
            about,
            measures: measures.collect(),
            parts,
            standard,
        }
    }

    fn parts(&self, kind: i32) -> Result<&[PartTexts], Error> {
        usize::try_from(kind)
            .ok()
            .and_then(|kind| self.parts.get(kind))
            .map(Vec::as_slice)
            .ok_or_else(|| Error::argument("kind", "不是 DABIAO_PART_...", "is no DABIAO_PART_..."))
    }
}

fn part_texts(code: &str, title: &Text, parent: Option<usize>, points: Option<f64>) -> PartTexts {
    PartTexts {
        code: c_string(code),
        title: titles(title),
        parent: parent.unwrap_or(DABIAO_NO_PARENT),
        points: points.unwrap_or(f64::NAN),
    }
}

fn item_texts(item: &Item, parent: Option<usize>) -> PartTexts {
    let points = item.points.as_ref().map(Rational::to_f64);
    part_texts(&item.id, &item.title, parent, points)
}

fn of(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

/// The library makes a standard of what `read` gives, or says what is wrong with it.
fn give(
    out: *mut *mut dabiao_standard,
    read: impl FnOnce() -> Result<Standard, Error>,
) -> dabiao_status {
    guard(|| {
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        let held = Held::new(read()?);
        out.write(handle::give::<dabiao_standard>(held)?);
        Ok(())
    })
}

/// Takes a standard that ships with the library, such as "weihai-2020".
/// `DABIAO_ERROR_NOT_FOUND` for any other id. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_builtin(
    id: *const c_char,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let id = unsafe { args::text("id", id)? };
        if !Standard::builtin_ids().any(|held| held == id) {
            return Err(Error::not_found("id", id));
        }
        Ok(Standard::builtin(id)?)
    })
}

/// The id of a built-in standard by its index from 0, or NULL past the last. The text is
/// static. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_standard_builtin_id(index: usize) -> *const c_char {
    static IDS: OnceLock<Vec<CString>> = OnceLock::new();
    guard_or(ptr::null(), || {
        let ids = IDS.get_or_init(|| Standard::builtin_ids().map(c_string).collect());
        Ok(of(ids.get(index)))
    })
}

/// Reads a standard from TOML text of `length` bytes (or `DABIAO_NUL_TERMINATED`). Every fault
/// of it is listed with line and column. On success `*out` is yours to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_from_toml(
    text: *const c_char,
    length: usize,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let text = unsafe { args::text_of("text", text, length)? };
        Ok(Standard::from_toml(text)?)
    })
}

/// Reads a standard from JSON text of the same schema, as `dabiao_standard_from_toml` does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_from_json(
    text: *const c_char,
    length: usize,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let text = unsafe { args::text_of("text", text, length)? };
        Ok(Standard::from_json(text)?)
    })
}

/// Reads a standard from a file: JSON where its name ends in `.json`, otherwise TOML. `path`
/// is UTF-8. `DABIAO_ERROR_IO` where the file cannot be read. On success `*out` is yours to
/// free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_from_file(
    path: *const c_char,
    out: *mut *mut dabiao_standard,
) -> dabiao_status {
    give(out, || {
        // SAFETY: as the header asks of every text.
        let path = unsafe { args::text("path", path)? };
        Ok(from_file(path).map_err(|faults| faults.in_file(path))?)
    })
}

fn from_file(path: &str) -> Result<Standard, Faults> {
    let unreadable = |error: std::io::Error| Fault::new(FaultCode::Unreadable).found(error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    // One byte more than is allowed lets the core say that it is too much.
    file.take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let text =
        String::from_utf8(bytes).map_err(|_| Fault::new(FaultCode::Syntax).expected("UTF-8"))?;
    let json = Path::new(path)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    if json {
        Standard::from_json(&text)
    } else {
        Standard::from_toml(&text)
    }
}

/// Frees a standard. What was made from it stays usable; its texts do not. NULL is nothing to
/// free; a standard that was freed before is told.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_standard_free(standard: *mut dabiao_standard) -> dabiao_status {
    guard(|| handle::free("standard", standard))
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
        let document = held.standard.document();
        let [
            id,
            version,
            title_zh,
            title_en,
            notice_zh,
            notice_en,
            source,
        ] = held.about.each_ref().map(|text| of(text.as_ref()));
        let [sections, items, bonuses, deductions, vetoes, grades] = counts(&held.standard);
        out.write(dabiao_standard_info {
            id,
            version,
            title_zh,
            title_en,
            notice_zh,
            notice_en,
            source,
            full_marks: held.standard.full_marks().to_f64(),
            decimals: document.decimals.into(),
            total_decimals: document.total_decimals.unwrap_or(document.decimals).into(),
            measures: held.measures.len(),
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
        let none = || Error::not_found("index", index);
        let texts = held.measures.get(index).ok_or_else(none)?;
        let document = held.standard.document();
        let measure = document.measures.get(index).ok_or_else(none)?;
        let observed = held.standard.observed(index).ok_or_else(none)?;
        let bound = |bound: Option<&Rational>, none| bound.map_or(none, Rational::to_f64);
        out.write(dabiao_measure {
            name: texts.name.as_ptr(),
            title_zh: texts.title[0].as_ptr(),
            title_en: texts.title[1].as_ptr(),
            unit: of(texts.unit.as_ref()),
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
            labels: texts.labels.len(),
            min: bound(observed.min, f64::NEG_INFINITY),
            max: bound(observed.max, f64::INFINITY),
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
        // SAFETY: as the header asks of every text and every `out`.
        let (name, out) = unsafe { (args::text("name", name)?, Out::new("out", out)?) };
        let mut measures = held.standard.document().measures.iter();
        let found = measures.position(|measure| measure.name == name);
        out.write(found.ok_or_else(|| Error::not_found("name", name))?);
        Ok(())
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
        let texts = held.measures.get(measure);
        let texts = texts.ok_or_else(|| Error::not_found("measure", measure))?;
        let text = texts.labels.get(label);
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
        let part = held.parts(kind)?.get(index);
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
        // SAFETY: as the header asks of every text and every `out`.
        let (code, out) = unsafe { (args::text("code", code)?, Out::new("out", out)?) };
        let mut parts = held.parts(kind)?.iter();
        let found = parts.position(|part| part.code.to_bytes() == code.as_bytes());
        out.write(found.ok_or_else(|| Error::not_found("code", code))?);
        Ok(())
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

/// The SHA-256 of the standard's canonical form, in hexadecimal: the same for TOML and JSON.
/// On success `*out` is yours to free. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dabiao_standard_digest(
    standard: *const dabiao_standard,
    out: *mut *mut dabiao_text,
) -> dabiao_status {
    guard(|| {
        let held = handle::hold("standard", standard)?;
        // SAFETY: as the header asks of every `out`.
        let out = unsafe { Out::new("out", out)? };
        text::give(out, held.standard.digest())
    })
}
