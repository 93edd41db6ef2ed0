//! The entry: everything is in the library.

fn main() -> std::process::ExitCode {
    dampak::cli::run()
}
