//! What the library says about itself.

use std::ffi::{CStr, c_char};

/// The version that this header is of: breaking changes.
pub const DABIAO_VERSION_MAJOR: u32 = 0;
/// The version that this header is of: additions.
pub const DABIAO_VERSION_MINOR: u32 = 1;
/// The version that this header is of: corrections.
pub const DABIAO_VERSION_PATCH: u32 = 0;

/// The ABI that this header describes. A library of the same number has every function and
/// structure of this header, unchanged; see `dabiao_abi_version`.
pub const DABIAO_ABI_VERSION: u32 = 1;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The library's version, such as "0.1.0". The text is static. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The ABI that the library offers. A program works with the library that it finds at run
/// time if this is `DABIAO_ABI_VERSION` of the header that it was compiled with. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn dabiao_abi_version() -> u32 {
    DABIAO_ABI_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_the_version_of_the_package() {
        let said = [
            DABIAO_VERSION_MAJOR,
            DABIAO_VERSION_MINOR,
            DABIAO_VERSION_PATCH,
        ];
        let said = said.map(|number| number.to_string()).join(".");
        assert_eq!(said, env!("CARGO_PKG_VERSION"));
        assert_eq!(VERSION.to_str(), Ok(env!("CARGO_PKG_VERSION")));
    }
}
