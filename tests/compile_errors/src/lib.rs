//! What the compiler says to misuses of the attributes: the cases in `compile_fail`, each named after its situation.

#[cfg(test)]
mod tests {
    #[test]
    fn misuses_are_explained() {
        trybuild::TestCases::new().compile_fail("compile_fail/*.rs");
    }
}
