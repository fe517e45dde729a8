//! Uploads and photos in a cached function: their content can't be part of a key.

use cachelit::st as ui;
use cachelit::{cache_data, st};

#[cache_data]
fn upload() -> usize {
    let file = st::file_uploader("A table");
    file.map_or(0, |file| file.bytes.len())
}

fn take_photo() -> Vec<u8> {
    ui::camera_input("Smile").map(|photo| photo.bytes).unwrap_or_default()
}

fn photo_size() -> usize {
    take_photo().len()
}

#[cache_data(experimental_allow_widgets = true)]
fn brightness(scale: u32) -> usize {
    photo_size() * scale as usize
}
