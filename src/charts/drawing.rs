//! Puts a drawing into a page. Invariant: the one place where markup goes in unescaped; it takes only what the functions of this
//! module drew, whose texts are escaped.

use leptos::prelude::*;

use super::svg::Drawing;

/// A drawing in its page. One that is wide for a phone scrolls in a box of its own, which needs a label.
pub fn drawing(drawn: Drawing, scrolls_as: Option<String>) -> AnyView {
    let svg = drawn.into_markup();
    match scrolls_as {
        Some(label) => view! { <div class="scroll-x" tabindex="0" role="region" aria-label=label inner_html=svg></div> }.into_any(),
        None => view! { <div inner_html=svg></div> }.into_any(),
    }
}
