//! What the compiler says to misuses. Each case is named after its situation.

#[test]
fn misuses_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
