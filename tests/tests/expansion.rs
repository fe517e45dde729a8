//! An environment variable makes the compiler print what the attributes write.

use std::process::{Command, id};

use cachelit_tests::{root, text};

#[test]
fn functions_that_the_environment_names_are_printed() {
    // With a condition that was never set before, so that there is something to compile.
    let fresh = format!("cachelit_tests_expansion_{}", id());
    let output = Command::new(env!("CARGO"))
        .args([
            "rustc",
            "--locked",
            "--profile",
            "check",
            "--package",
            "cachelit-tests",
            "--bin",
            "terminal",
        ])
        .args(["--", "--cfg", &fresh])
        .env("CACHELIT_PRINT_EXPANSION", "timed, no_such_function")
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    let printed = text(output.stderr);
    assert!(output.status.success(), "{printed}");
    let (_, timed) = printed.split_once("// `timed`, as cachelit expands it\n").expect(&printed);
    assert!(timed.starts_with("fn timed() {"), "{timed}");
    assert!(
        timed.contains("spinner: ::cachelit::internal::SpinnerText::Text(\"Thinking\"),\n"),
        "{timed}"
    );
    assert!(!printed.contains("`slow`, as cachelit"), "{printed}");
}
