//! The help in Chinese. The English one stands at the arguments themselves; a test sees to it
//! that none is forgotten here.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command, CommandFactory};
use dabiao::Lang;

use crate::args::Arguments;
use crate::session::language;

/// What a command does, by its name.
const COMMANDS: &[(&str, &str)] = &[
    (
        "dabiao",
        "按公开的创建标准为社区评分\u{ff1a}结果精确\u{ff0c}每一分都有说明",
    ),
    ("demo", "为内置的示例评分\u{ff0c}并写出输入文件和结果"),
    (
        "run",
        "运行一次完整的创建活动\u{ff1a}登记表、党建网格、各阶段、评选",
    ),
    ("select", "评选社区\u{ff0c}每个社区都有理由"),
    (
        "compare",
        "比较两个阶段或两次运行\u{ff1a}谁变了\u{ff0c}变在哪些小项",
    ),
    ("grid", "查看党建网格"),
    (
        "report",
        "把结果写成一个网页文件\u{ff08}HTML\u{ff09}\u{ff0c}不联网即可打开\u{ff0c}供开会和公示",
    ),
    ("score", "为一张社区数据表评分"),
    ("gaps", "列出短板\u{ff1a}失分在哪里\u{ff0c}怎样得回来"),
    ("explain", "逐项说明一个社区的计分卡"),
    ("standard", "列出、查看和检查标准"),
    ("template", "写出填报用的工作簿\u{ff0c}填写时自动算分"),
    (
        "standard export",
        "把标准写成工作簿\u{ff0c}以便在表格软件中修改",
    ),
    ("import", "从工作簿读回标准\u{ff0c}并检查"),
    ("collect", "把一个文件夹里填好的工作簿和表格汇总为一张表"),
    (
        "export",
        "把结果写成工作簿\u{ff1a}排名、计分卡、短板、评选和图表",
    ),
    ("list", "列出内置的标准"),
    (
        "show",
        "用文字说明一个标准\u{ff1a}大项、小项、分值和评分办法",
    ),
    ("check", "检查标准或党建网格\u{ff0c}列出全部错误"),
    ("schema", "输出标准文件的 JSON Schema"),
];

/// What an argument says, by its name; by its command and its name where commands differ.
const ARGUMENTS: &[(&str, &str)] = &[
    ("export output", "要写出的工作簿\u{ff08}XLSX\u{ff09}"),
    ("workbook", "工作簿\u{ff08}XLSX、XLS 或 ODS\u{ff09}"),
    (
        "import output",
        "要写出的标准文件\u{ff08}TOML\u{ff0c}以 .json 结尾时为 JSON\u{ff1b}默认写到标准输出\u{ff09}",
    ),
    (
        "template output",
        "要写出的工作簿\u{ff08}XLSX\u{ff09}\u{ff1b}有 --registry 时为存放的文件夹",
    ),
    (
        "template registry",
        "社区登记表\u{ff1a}每个社区或每个街道各一个工作簿",
    ),
    (
        "template each",
        "与 --registry 一起用\u{ff1a}community 每社区一个工作簿\u{ff08}默认\u{ff09}\u{ff0c}street 每街道一个、每社区一行",
    ),
    (
        "compare campaign",
        "活动文件\u{ff0c}或 dabiao run 写出的结果文件夹",
    ),
    ("compare top", "最多列出几个社区\u{ff08}默认 20\u{ff09}"),
    ("report out", "写出的文件\u{ff08}默认为 report.html\u{ff09}"),
    (
        "run out",
        "把全部结果写入该文件夹\u{ff0c}没有时自动建立\u{ff1b}不写则只显示",
    ),
    (
        "lang",
        "显示的语言\u{ff1a}zh 或 en\u{ff08}默认取自 LC_ALL、LC_MESSAGES 或 LANG\u{ff09}",
    ),
    (
        "format",
        "输出格式\u{ff1a}table\u{ff08}默认\u{ff0c}供人阅读\u{ff09}、csv\u{ff08}供电子表格\u{ff09}、json\u{ff08}供程序\u{ff0c}错误也用 JSON\u{ff09}、parquet\u{ff08}得分表\u{ff0c}供 score 和 run\u{ff09}",
    ),
    (
        "threads",
        "最多使用的线程数\u{ff0c}不影响结果\u{ff08}默认为机器的线程数\u{ff09}",
    ),
    (
        "example",
        "哪个示例\u{ff1a}weihai\u{ff08}默认\u{ff0c}325 个编号社区的完整活动\u{ff0c}合成数据\u{ff09}、uci-communities\u{ff08}美国 1,993 个社区的综合指数\u{ff0c}真实数据\u{ff09}",
    ),
    ("force", "把示例文件恢复原样\u{ff0c}覆盖已改动的"),
    ("out", "写出文件的文件夹\u{ff0c}没有时自动建立"),
    ("input", "活动文件\u{ff1b}加 --standard 时为社区数据表"),
    (
        "table",
        "社区数据表\u{ff1a}CSV、TSV、XLSX、XLS、ODS、Parquet、Arrow\u{ff1b}- 为标准输入",
    ),
    (
        "standard",
        "标准\u{ff1a}内置标准的编号\u{ff0c}或 TOML、JSON 文件\u{ff1b}- 为标准输入",
    ),
    (
        "standards",
        "内置标准的编号\u{ff0c}或文件\u{ff1b}- 为标准输入",
    ),
    (
        "encoding",
        "数据表的编码\u{ff1a}utf-8、gb18030 或 utf-16\u{ff08}默认自动识别\u{ff09}",
    ),
    ("code", "社区编码"),
    ("top", "每个社区最多列出几个小项\u{ff08}默认 3\u{ff09}"),
    (
        "source",
        "输出标准文件原文\u{ff0c}可在此基础上修改\u{ff1b}加 --format json 则输出 JSON",
    ),
    (
        "campaign",
        "活动文件\u{ff08}TOML 或 JSON\u{ff09}\u{ff0c}其中写明各数据表",
    ),
    (
        "later",
        "与之比较的后一次活动的文件或结果文件夹\u{ff08}不写则比较同一活动的两个阶段\u{ff09}",
    ),
    ("all", "列出全部社区\u{ff0c}而不只是入选的"),
    ("from", "前一阶段\u{ff08}默认为第一个\u{ff09}"),
    ("to", "后一阶段\u{ff08}默认为最后一个\u{ff09}"),
    ("files", "单元表\u{ff0c}或一个活动文件"),
    ("compounds", "小区表"),
    ("divisions", "编码为统计用区划代码\u{ff0c}与上级核对"),
    (
        "sheet",
        "工作簿中的工作表\u{ff08}默认为第一张合适的\u{ff09}",
    ),
    ("folder", "存放各表的文件夹\u{ff0c}其中的文件夹一并查看"),
    (
        "communities",
        "应报社区的登记表\u{ff0c}须有编码列\u{ff1b}用来列出谁还没有报",
    ),
    (
        "collect output",
        "汇总表写到哪里\u{ff1a}.parquet 或 .csv 文件",
    ),
    ("collect grid", "各模板“网格”表汇总到哪里\u{ff1a}.csv 文件"),
    (
        "collect units",
        "各模板“单元数据”表汇总到哪里\u{ff1a}.csv 文件",
    ),
    ("output", "写出的工作簿\u{ff08}默认 results.xlsx\u{ff09}"),
    ("help", "显示帮助"),
    ("version", "显示版本"),
];

/// The command line, with its help in the language of the call.
pub(crate) fn command(arguments: &[OsString]) -> Command {
    let command = Arguments::command();
    match language_of(arguments) {
        Lang::Zh => in_chinese(command, ""),
        Lang::En => command,
    }
}

/// The language of a call that may not be a valid one.
fn language_of(arguments: &[OsString]) -> Lang {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let after = words
        .windows(2)
        .find(|pair| pair.first() == Some(&"--lang"));
    let after = after.and_then(|pair| pair.get(1)).copied();
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    let said = after.or(joined).and_then(|word| word.parse().ok());
    said.unwrap_or_else(language)
}

fn of<'t>(texts: &[(&str, &'t str)], name: &str) -> Option<&'t str> {
    texts
        .iter()
        .find(|(held, _)| *held == name)
        .map(|(_, text)| *text)
}

fn words_of(command: &str, argument: &str) -> Option<&'static str> {
    let own = format!("{command} {argument}");
    of(ARGUMENTS, &own).or_else(|| of(ARGUMENTS, argument))
}

fn in_chinese(command: Command, parent: &str) -> Command {
    const TEMPLATE: &str = "{about-with-newline}\n用法\u{ff1a}{usage}\n\n{all-args}";
    let name = command.get_name().to_owned();
    let is_root = name == "dabiao";
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(own_flag("help", 'h', ActionOf::Help));
    if is_root {
        command = command.arg(own_flag("version", 'V', ActionOf::Version));
    }
    let own = format!("{parent} {name}");
    if let Some(about) = of(COMMANDS, &own).or_else(|| of(COMMANDS, &name)) {
        command = command.about(about);
    }
    command = command.mut_args(|arg| {
        let heading = if arg.is_positional() {
            "参数"
        } else {
            "选项"
        };
        let text = words_of(&name, arg.get_id().as_str());
        let takes_value = arg.get_action().takes_values();
        let arg = arg
            .help_heading(heading)
            .hide_possible_values(takes_value)
            .hide_default_value(takes_value);
        match text {
            Some(text) => arg.help(text),
            None => arg,
        }
    });
    command.mut_subcommands(|inner| in_chinese(inner, &name))
}

enum ActionOf {
    Help,
    Version,
}

fn own_flag(name: &'static str, short: char, action: ActionOf) -> Arg {
    Arg::new(name).short(short).long(name).action(match action {
        ActionOf::Help => ArgAction::Help,
        ActionOf::Version => ArgAction::Version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(command: &Command, missing: &mut Vec<String>) {
        let name = command.get_name();
        if of(COMMANDS, name).is_none() {
            missing.push(name.to_owned());
        }
        for arg in command.get_arguments() {
            if words_of(name, arg.get_id().as_str()).is_none() {
                missing.push(format!("{name} {}", arg.get_id()));
            }
        }
        for inner in command.get_subcommands() {
            visit(inner, missing);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_words() {
        let mut missing = Vec::new();
        visit(&Arguments::command(), &mut missing);
        assert_eq!(missing, Vec::<String>::new());
        in_chinese(Arguments::command(), "").debug_assert();
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_language_of_a_call() {
        let of = |words: &[&str]| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            language_of(&words)
        };
        assert_eq!(of(&["dabiao", "--lang", "zh", "-h"]), Lang::Zh);
        assert_eq!(of(&["dabiao", "score", "--lang=zh"]), Lang::Zh);
        assert_eq!(of(&["dabiao", "--lang=en"]), Lang::En);
    }
}
