pub struct Nested(pub super::Literal, pub std::cell::Cell<u8>);
pub mod inside {
    pub type Alias = super::Nested;
}
