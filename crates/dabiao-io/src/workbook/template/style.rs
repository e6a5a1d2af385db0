//! How cells look, and how high a row of wrapped text must be.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

const INK: u32 = 0x1F_29_37;
const LINE: u32 = 0xB8_C2_CC;
const BAND: u32 = 0x1F_4E_79;
const SECTION: u32 = 0xDC_E6_F1;
const INPUT: u32 = 0xFF_F9_DB;
const RESULT: u32 = 0xF3_F6_F9;
const FONT: &str = "Microsoft YaHei";
/// 0.9499 is shown as `94.99%`.
pub(super) const PERCENT: &str = "0.0###%";
pub(super) const DATE: &str = "yyyy-mm-dd";

/// The formats of a template.
pub(super) struct Style {
    pub(super) title: Format,
    pub(super) note: Format,
    pub(super) head: Format,
    pub(super) section: Format,
    pub(super) section_points: Format,
    pub(super) text: Format,
    pub(super) code: Format,
    pub(super) number: Format,
    pub(super) result: Format,
    pub(super) hint: Format,
    pub(super) label: Format,
    pub(super) input: Format,
    pub(super) input_number: Format,
    pub(super) input_count: Format,
    pub(super) input_date: Format,
    pub(super) input_percent: Format,
    pub(super) mirror: Format,
    pub(super) date: Format,
    pub(super) percent: Format,
    pub(super) plain: Format,
    pub(super) total: Format,
}

impl Style {
    /// `decimals` of published points.
    pub(super) fn new(decimals: u8) -> Style {
        let points = match decimals {
            0 => "0".to_owned(),
            decimals => format!("0.{}", "0".repeat(usize::from(decimals))),
        };
        let base = || {
            Format::new()
                .set_font_name(FONT)
                .set_font_size(10)
                .set_font_color(Color::RGB(INK))
                .set_align(FormatAlign::VerticalCenter)
        };
        let boxed = || {
            base()
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(LINE))
        };
        let wrapped = || boxed().set_text_wrap();
        let centred = || boxed().set_align(FormatAlign::Center).set_text_wrap();
        let filled = |format: Format, colour: u32| format.set_background_color(Color::RGB(colour));
        let open = |format: Format| {
            filled(format, INPUT)
                .set_align(FormatAlign::Center)
                .set_unlocked()
        };
        Style {
            title: base()
                .set_bold()
                .set_font_size(16)
                .set_align(FormatAlign::Left),
            note: base()
                .set_text_wrap()
                .set_font_color(Color::RGB(0x4B_55_63))
                .set_align(FormatAlign::Top),
            head: filled(centred(), BAND)
                .set_bold()
                .set_font_color(Color::White),
            section: filled(boxed(), SECTION).set_bold().set_indent(1),
            section_points: filled(centred(), SECTION)
                .set_bold()
                .set_num_format(&points),
            text: wrapped().set_indent(1),
            code: centred(),
            number: centred(),
            result: filled(centred(), RESULT).set_bold().set_num_format(&points),
            hint: centred().set_font_color(Color::RGB(0xB4_53_09)),
            label: filled(boxed(), SECTION)
                .set_bold()
                .set_align(FormatAlign::Right),
            input: open(wrapped()).set_num_format("@"),
            input_number: open(boxed()).set_num_format("0.0#####"),
            input_count: open(boxed()).set_num_format("0"),
            input_date: open(boxed()).set_num_format(DATE),
            input_percent: open(boxed()).set_num_format(PERCENT),
            mirror: centred().set_font_color(Color::RGB(0x6B_72_80)),
            date: base().set_num_format(DATE),
            percent: base().set_num_format(PERCENT),
            plain: base(),
            total: filled(centred(), BAND)
                .set_bold()
                .set_font_size(12)
                .set_font_color(Color::White)
                .set_num_format(&points),
        }
    }
}

/// How many half-width places a text takes.
fn width(text: &str) -> f64 {
    text.chars()
        .map(|c| if c.is_ascii() { 1.05 } else { 2.05 })
        .sum()
}

/// How many lines a text takes in a column of a width.
pub(crate) fn lines(text: &str, column: f64) -> f64 {
    text.split('\n')
        .map(|line| (width(line) / (column - 3.0).max(1.0)).ceil().max(1.0))
        .sum()
}

/// The height of a row of so many lines.
pub(crate) fn height(lines: f64) -> f64 {
    (lines * 14.5 + 5.0).clamp(19.5, 409.0)
}
