//! The reference files and data that stay outside the project (`../shared`).
//!
//! Where they are absent a comparison says so and passes, so that the tests run anywhere. With
//! `DAMPAK_REQUIRE_SHARED=1`, which `.ci/run` sets where the folder is at hand, an absent file is a failure:
//! otherwise a renamed file would end its comparison for good, in one line that nobody reads.

use std::path::{Path, PathBuf};

/// Where a shared file lies.
pub fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path)
}

/// Reads a shared file, or says that it is absent.
pub fn shared(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(place(path)).ok();
    if text.is_none() {
        let required = std::env::var("DAMPAK_REQUIRE_SHARED").is_ok_and(|value| value == "1");
        assert!(!required, "the shared file {path} is not here, and DAMPAK_REQUIRE_SHARED=1 asks for it");
        eprintln!("SKIPPED: the shared file {path} is not here; nothing was compared");
    }
    text
}
