#[derive(Hash)]
pub struct Placed(pub u8);
