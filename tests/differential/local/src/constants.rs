//! Constant arguments and lengths.

use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};

const THREE: usize = 3;
pub struct Sizes<const N: usize = 3>(pub [u8; N]);
impl Hash for Sizes<3> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Clone for Sizes<{ 2 * 2 }> { fn clone(&self) -> Self { loop {} } }
pub type SizesDefault = Sizes;
pub type SizesThree = Sizes<3>;
pub type SizesFour = Sizes<4>;
pub type SizesNamed = Sizes<THREE>;
pub type SizesBlock = Sizes<{ THREE + 1 }>;
pub type SizesShift = Sizes<{ 1 << 2 }>;
pub type SizesHex = Sizes<0x3>;
pub type SizesSuffixed = Sizes<3usize>;
pub type SizesBits = Sizes<{ u8::BITS as usize }>;
pub type SizesMax = Sizes<{ u8::MAX as usize }>;
pub struct Flag<const B: bool>;
impl Hash for Flag<true> { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type On = Flag<true>;
pub type Off = Flag<false>;
pub type Not = Flag<{ !false }>;
pub type Less = Flag<{ 1 < 2 }>;
pub struct Letter<const C: char>;
impl Hash for Letter<'a'> { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type A = Letter<'a'>;
pub type B = Letter<'b'>;
pub type Escaped = Letter<'\u{61}'>;
pub struct Signed<const N: i32>;
impl Hash for Signed<-1> { fn hash<H: Hasher>(&self, _: &mut H) {} }
impl Clone for Signed<1> { fn clone(&self) -> Self { loop {} } }
pub type Minus = Signed<-1>;
pub type Plus = Signed<1>;
pub type MinusTwo = Signed<{ -2 }>;
pub type MinusBlock = Signed<{ 1 - 2 }>;
pub struct Bytes<const N: u8>;
impl Hash for Bytes<b'a'> { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type ByteLetter = Bytes<97>;
pub type ByteOther = Bytes<98>;
pub trait Length { const N: usize; }
impl Length for u8 { const N: usize = 4; }
pub struct Lengthy;
impl Lengthy { pub const LEN: usize = 40; }
pub type Associated = [u8; Lengthy::LEN];
pub type AssociatedTrait = [u8; <u8 as Length>::N];
pub type Long = [u8; 33];
pub type Short = [u8; 32];
pub type Empty = [std::rc::Rc<f64>; 0];
pub type Computed = [u8; 16 * 2 + 1];
#[derive(Clone, Hash, Serialize, Deserialize)]
pub struct Inside { pub short: [u8; 32] }
#[derive(Clone, Hash)]
pub struct Generic<T, const N: usize>(pub [T; N]);
pub type GenericByte = Generic<u8, 5>;
pub type GenericFloat = Generic<f64, 5>;
pub struct Same<const A: usize, const B: usize>;
impl<const N: usize> Hash for Same<N, N> { fn hash<H: Hasher>(&self, _: &mut H) {} }
pub type SameYes = Same<2, 2>;
pub type SameNo = Same<2, 3>;
pub struct Mixed<const N: usize, T = u8>(pub [T; N]);
pub type MixedDefault = Mixed<2>;
pub type MixedRc = Mixed<2, std::rc::Rc<u8>>;
