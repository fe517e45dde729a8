#[derive(Clone)]
pub struct Placed(pub std::rc::Rc<u8>);
