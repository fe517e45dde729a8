#[derive(Clone, Hash)]
pub struct Literal(pub u8);
pub struct ByLiteral(pub f64);
impl std::hash::Hash for ByLiteral {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}
impl Clone for LeftAlone {
    fn clone(&self) -> Self {
        loop {}
    }
}
