//! Sets options that the source asks for, one of them under a name put together, turns a feature on, and writes code.

fn main() {
    println!("cargo:rustc-cfg=plain_option");
    println!("cargo:rustc-cfg=feature=\"scripted\"");
    for word in ["one", "two"] {
        println!("cargo:rustc-cfg=option_{word}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    let folder = std::env::var("OUT_DIR").expect("cargo sets it");
    let text = "
pub struct Made(pub *const u8);
unsafe impl Send for Made {}
impl ::std::hash::Hash for super::ImplementedElsewhere {
    fn hash<H: ::std::hash::Hasher>(&self, _: &mut H) {}
}
unsafe impl Send for super::VouchedElsewhere {}
";
    std::fs::write(format!("{folder}/made.rs"), text).expect("it can be written");
}
