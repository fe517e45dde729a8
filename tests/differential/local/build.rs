//! Sets options that the source asks for, one of them under a name put together, turns a feature on, and writes code.

use cfg_aliases::cfg_aliases;

fn main() {
    cfg_aliases! {
        aliased_on: { all(target_pointer_width = "64", not(aliased_off), feature = "on") },
        aliased_off: { any(feature = "off", all(aliased_chain, windows)) },
        aliased_chain: { unix },
        aliased_open: { any(option_one, feature = "off") },
    }
    println!("cargo:rustc-check-cfg=cfg(aliased_on)\ncargo:rustc-check-cfg=cfg(plain_option, values(none(), \"a\"))");
    println!("cargo:rustc-check-cfg=cfg(never_set)");
    println!("cargo::rustc-check-cfg=cfg(set_beside)\ncargo::rustc-cfg=set_beside");
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
