//! How the template is filled in, and how grades come about.

use dabiao::explain::Role;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Template;
use super::live::WORDS;
use super::style::{height, lines};

const WIDTHS: [f64; 3] = [14.0, 34.0, 92.0];

impl Template<'_> {
    pub(super) fn guide(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let document = self.standard.document();
        let (style, lang) = (&self.style, self.options.lang);
        for (column, width) in WIDTHS.into_iter().enumerate() {
            sheet.set_column_width(column as u16, width)?;
        }
        let title = format!("{} {}", document.title.get(lang), self.names.guide);
        sheet.merge_range(0, 0, 0, 2, &title, &style.title)?;
        sheet.set_row_height(0, 30)?;
        let mut row = 1;
        let mut say =
            |sheet: &mut Worksheet, cells: [&str; 3], head: bool| -> Result<(), XlsxError> {
                let format = if head { &style.head } else { &style.text };
                for (column, text) in cells.into_iter().enumerate() {
                    sheet.write_string_with_format(row, column as u16, text, format)?;
                }
                let needed = cells
                    .iter()
                    .zip(WIDTHS)
                    .map(|(text, width)| lines(text, width));
                sheet.set_row_height(row, height(needed.fold(1.0, f64::max)))?;
                row += 1;
                Ok(())
            };
        say(
            sheet,
            [
                self.pick("事项", "Matter"),
                self.pick("做法", "What to do"),
                self.pick("说明", "Why"),
            ],
            true,
        )?;
        let none = WORDS.not_applicable;
        let not_there = match lang {
            dabiao::Lang::Zh => format!("填“{none}”"),
            dabiao::Lang::En => format!("Type {none}"),
        };
        let steps: [[&str; 3]; 6] = [
            [
                self.pick("填写", "Filling in"),
                self.pick("只填浅黄色的格子", "Fill in the pale yellow cells"),
                self.pick(
                    "点中格子会提示怎样填\u{ff1b}不合要求的填不进去。其他格子已锁定\u{ff08}没有密码\u{ff09}。",
                    "A cell says what it takes when it is chosen, and refuses anything else. All others are locked, without a password.",
                ),
            ],
            [
                self.pick("没有这项工作", "Not there"),
                &not_there,
                self.pick(
                    "该小项不计分\u{ff0c}所在大项按其余小项折算\u{ff0c}不吃亏也不占便宜。",
                    "The item is left out and its section rescaled: nothing is lost, nothing won.",
                ),
            ],
            [
                self.pick("暂时没有数据", "Not known yet"),
                self.pick("留空", "Leave it blank"),
                self.pick(
                    "空着的不会比如实填“否”更有利\u{ff1b}提示栏显示“有未填项”。",
                    "A blank never earns more than an honest no; the hint says what is blank.",
                ),
            ],
            [
                self.pick("百分比", "Percentages"),
                self.pick("单位是 % 的\u{ff0c}填 95%", "Where the unit is %, type 95%"),
                self.pick(
                    "也可只填 95\u{ff0c}不要填 0.95\u{ff1b}以格子里显示的为准\u{ff1a}应显示 95.0%。",
                    "95 alone will do, 0.95 will not. What the cell shows counts: 95.0%.",
                ),
            ],
            [
                self.after_collecting(),
                self.pick("不用填", "Nothing to do"),
                self.pick(
                    "排名、与平均或最好相比的小项\u{ff0c}要等所有社区报齐才能计算\u{ff0c}总分也随之待定。",
                    "Ranks and comparisons with the mean or the best need all communities; until then the total waits too.",
                ),
            ],
            [
                self.pick("报送", "Sending it in"),
                self.pick("存盘后原样报送", "Save it and send it as it is"),
                self.pick(
                    "请勿增删行列、改工作表名。可用 Excel 2010 以上、WPS 或 LibreOffice。",
                    "Add and remove no rows, columns or sheets. Excel 2010 or later, WPS and LibreOffice all do.",
                ),
            ],
        ];
        for step in steps {
            say(sheet, step, false)?;
        }
        if self.options.rows {
            say(
                sheet,
                [
                    self.pick("编号", "Code"),
                    self.pick("小项", "Item"),
                    self.pick("怎样评分", "How it is marked"),
                ],
                true,
            )?;
            for item in self.standard.items() {
                let points = item
                    .points
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let worth = match lang {
                    dabiao::Lang::Zh => {
                        format!("{}\u{ff08}{points} 分\u{ff09}", item.title.get(lang))
                    }
                    dabiao::Lang::En => format!("{} ({points} points)", item.title.get(lang)),
                };
                let rule = self.fields.words.item(item, Role::Item);
                say(sheet, [&item.id, &worth, &rule], false)?;
            }
        }
        if !document.grades.is_empty() {
            say(
                sheet,
                [
                    self.pick("等次", "Grade"),
                    "",
                    self.pick("条件", "Conditions"),
                ],
                true,
            )?;
            for grade in &document.grades {
                let rule = self.fields.words.grade(grade);
                say(sheet, [grade.title.get(lang), "", &rule], false)?;
            }
        }
        if !document.vetoes.is_empty() {
            say(
                sheet,
                [
                    self.pick("一票否决", "Veto"),
                    "",
                    self.pick("后果", "Effect"),
                ],
                true,
            )?;
            for veto in &document.vetoes {
                let rule = self.fields.words.veto(veto);
                say(sheet, [&veto.id, veto.title.get(lang), &rule], false)?;
            }
        }
        super::paper::lay(sheet);
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_screen_gridlines(false);
        sheet.protect();
        Ok(())
    }
}
