use super::check;

#[test]
fn a_file_that_is_included_by_its_name_is_read() {
    check(
        "
//- /src/lib.rs
include!(\"parts/one.rs\");
pub mod inner { include!(\"parts/two.rs\"); }
pub struct Left(pub f64);
//- /src/parts/one.rs
pub struct One(pub *const u8);
impl Clone for Left { fn clone(&self) -> Left { loop {} } }
//- /src/parts/two.rs
pub struct Two(pub super::One);
",
        "
One = -s
inner::Two = -y
Left = c -h
",
    );
}

#[test]
fn what_a_build_script_writes_may_be_for_types_beside_it() {
    check(
        "
pub mod beside {
    include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));
    pub struct Own(pub *const u8);
    pub struct Plain(pub u8);
    pub struct Of<T>(pub T);
}
pub struct Away(pub *const u8);
pub mod far { pub struct Farther(pub *const u8); }
",
        "
beside::Own = ?s ?y ?c
beside::Plain = s y ?h
beside::Of<u8> = ?s
beside::Made = ?s ?h
Away = ?s
far::Farther = -s -h
",
    );
}

#[test]
fn a_macro_that_is_not_known_may_implement_anything_for_what_it_is_given() {
    check(
        "
pub struct Given(pub f64);
pub struct NotGiven(pub f64);
unknown! { Given }

pub trait Mark {}
macro_rules! mark { ($($name:ident)*) => { impl_all! { ($($name,)*) ByMacro } } }
macro_rules! impl_all { ($($of:tt)*) => { $(impl Mark for $of {})* } }
unknown_for_all! { mark 3 }
pub struct ByMacro(pub f64);
pub struct If<T>(pub T);
impl<T: Mark> Clone for If<T> { fn clone(&self) -> Self { loop {} } }
",
        "
Given = ?h ?c s
NotGiven = -h -c s
ByMacro = ?h
If<()> = ?c
If<Given> = ?c
If<NotGiven> = -c
",
    );
}
