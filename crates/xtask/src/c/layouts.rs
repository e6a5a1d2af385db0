//! The sizes of the header's structures and the places of their members, as a C compiler has
//! them, against a kept list.

use super::dist::{read, write};
use super::strangers::Stage;
use crate::run::{Failure, capture, run};

/// The structures of the header, each with its members.
fn structures(header: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut members: Option<Vec<String>> = None;
    for line in header.lines().map(str::trim) {
        if line.starts_with("typedef struct ") && line.ends_with('{') {
            members = Some(Vec::new());
        } else if let Some(name) = line.strip_prefix("} ").and_then(|l| l.strip_suffix(';')) {
            if let Some(members) = members.take() {
                found.push((name.to_owned(), members));
            }
        } else if let Some(members) = &mut members
            && let Some(declared) = line.strip_suffix(';')
            && !line.starts_with("//")
        {
            let name = declared.rsplit([' ', '*']).next().unwrap_or_default();
            members.push(name.to_owned());
        }
    }
    found
}

pub(super) fn check(stage: &Stage) -> Result<(), Failure> {
    let header = read(&stage.prefix.join("include/dabiao.h"))?;
    let structures = structures(&header);
    let mut program = String::from("#include <dabiao.h>\n#include <stdio.h>\nint main(void) {\n");
    for (name, members) in &structures {
        program += &format!("  printf(\"{name} %zu\\n\", sizeof({name}));\n");
        for member in members {
            program +=
                &format!("  printf(\"{name}.{member} %zu\\n\", offsetof({name}, {member}));\n");
        }
    }
    program += "  return 0;\n}\n";
    let source = stage.made.join("layouts.c");
    let binary = stage.made.join("layouts");
    write(&source, program.as_bytes())?;
    run(stage
        .command("gcc")
        .args(["-std=c99", "-Werror"])
        .arg(&source)
        .args(stage.pkg_config(&["--cflags"])?)
        .arg("-o")
        .arg(&binary))?;
    let made = capture(&mut stage.command(&binary))?;
    let kept = stage.root.join("bindings/c/abi/layouts-64.txt");
    if read(&kept)? != made {
        return Err(format!(
            "the structures are not those of {}: another layout wants a new \
             DABIAO_ABI_VERSION:\n{made}",
            kept.display()
        ));
    }
    println!("  {} structures laid out as kept", structures.len());
    Ok(())
}
