//! Parts that pages share. Invariant: a form field is drawn here only, so that labels, hints, errors and what was typed hang together everywhere.

pub mod districts;
pub mod fields;
pub mod form;
pub mod text_area;

pub use fields::{Choice, Field, area_field, checks_field, date_field, password_field, select_field, text_field};
pub use form::{Form, form, form_for};
