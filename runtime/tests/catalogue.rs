//! Every name of the catalogue is a function of `st`, and the linter knows every one of them.

use cachelit_spec::widgets::WIDGETS;

macro_rules! names {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(
            #[expect(unused_imports, reason = "that it resolves is the test")]
            use cachelit::st::$name as _;
        )*
    };
}

names! {
    area_chart audio audio_input bar_chart button camera_input caption chat_input checkbox code
    color_picker columns container data_editor dataframe date_input divider download_button empty error
    expander feedback file_uploader form_submit_button header image info json latex line_chart
    link_button markdown metric multiselect number_input pills progress radio scatter_chart
    segmented_control select_slider selectbox slider subheader success table tabs text text_area
    text_input time_input title toggle video warning write
}

#[test]
fn the_catalogue_is_what_st_has() {
    let known: Vec<&str> = WIDGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(known, NAMES);
}
