//! Parts that pages share. Invariant: a form field is drawn here only, so that labels, hints, errors and what was typed hang together everywhere.

pub mod as_of;
pub mod bullet;
pub mod dates;
pub mod fields;
pub mod filter_links;
pub mod form;
pub mod indicator_table;
pub mod light;
pub mod ring;
pub mod rows;
pub mod text_area;

pub use as_of::AsOf;
pub use bullet::{bullet, bullet_legend, hatch_pattern};
pub use dates::unbroken_days;
pub use fields::{
    Choice, Field, area_field, checks_field, date_field, label_words, number_field, password_field, select_field, text_field,
};
pub use filter_links::{FilterChoice, address_with, filter_links, switch_links};
pub use form::{Form, form, form_for, refusal_without_form};
pub use light::{light_shape, light_with_word, schedule_light};
pub use rows::{pager, proof_links};
