//! How our workbooks look: one set of formats for all of their sheets.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// A dark blue that prints well.
pub(super) const INK: Color = Color::RGB(0x1F_3A_5F);
const LINE: Color = Color::RGB(0xC9_D3_E0);
const HEAD: Color = Color::RGB(0xE4_EC_F5);
/// From the best grade to the last, told apart in grey too.
pub(super) const GRADES: [u32; 5] = [0xBF_E3_C4, 0xD9_EE_C8, 0xFB_F0_C0, 0xF9_DC_BE, 0xF3_C6_C1];

/// The formats of a workbook.
pub(super) struct Look {
    pub(super) title: Format,
    pub(super) remark: Format,
    pub(super) head: Format,
    pub(super) text: Format,
    /// Text of several lines.
    pub(super) long: Format,
    pub(super) whole: Format,
    pub(super) percent: Format,
    pub(super) label: Format,
}

impl Look {
    pub(super) fn new() -> Look {
        let base = Format::new().set_font_name("微软雅黑").set_font_size(10);
        let cell = base
            .clone()
            .set_border(FormatBorder::Thin)
            .set_border_color(LINE)
            .set_align(FormatAlign::VerticalCenter);
        Look {
            title: base
                .clone()
                .set_font_size(16)
                .set_bold()
                .set_font_color(INK)
                .set_align(FormatAlign::VerticalCenter),
            remark: base
                .clone()
                .set_font_color(Color::RGB(0x9C_3D_10))
                .set_align(FormatAlign::VerticalCenter)
                .set_text_wrap(),
            head: cell
                .clone()
                .set_bold()
                .set_font_color(INK)
                .set_background_color(HEAD)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            text: cell.clone().set_align(FormatAlign::Left).set_indent(1),
            long: cell
                .clone()
                .set_align(FormatAlign::Left)
                .set_indent(1)
                .set_text_wrap(),
            whole: cell.clone().set_num_format("0"),
            percent: cell.clone().set_num_format("0.00%"),
            label: base.set_bold().set_font_color(INK),
        }
    }

    /// Numbers with exactly so many decimals.
    pub(super) fn decimals(&self, decimals: u8) -> Format {
        match decimals {
            0 => self.whole.clone(),
            n => {
                let format = format!("0.{}", "0".repeat(usize::from(n)));
                self.whole.clone().set_num_format(format)
            }
        }
    }
}
