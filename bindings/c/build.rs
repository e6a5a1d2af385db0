//! Names the shared library by the ABI that it offers.

use std::env;
use std::fs;

fn main() {
    println!("cargo:rerun-if-changed=src/version.rs");
    let source = fs::read_to_string("src/version.rs").unwrap_or_default();
    let abi = source
        .lines()
        .find_map(|line| line.strip_prefix("pub const DABIAO_ABI_VERSION: u32 = "))
        .and_then(|rest| rest.strip_suffix(';'))
        .expect("src/version.rs states DABIAO_ABI_VERSION");
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match system.as_str() {
        "macos" | "ios" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libdabiao.{abi}.dylib")
        }
        "windows" => {}
        _ => println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libdabiao.so.{abi}"),
    }
}
