//! A light: shape and word carry the meaning, colour repeats it. Invariant: the four shapes are drawn here only.

use leptos::prelude::*;

use crate::{
    domain::light::{Light, ScheduleJudgement},
    i18n::Text,
};

/// The shape of a light, for beside a word.
pub fn light_shape(light: Light) -> AnyView {
    let shape = match light {
        Light::Green => view! { <circle cx="7" cy="7" r="6" /> }.into_any(),
        Light::Yellow => view! { <path d="M7 1 13.2 12.5H.8z" /> }.into_any(),
        Light::Red => view! { <rect x="1.2" y="1.2" width="11.6" height="11.6" rx="1.5" /> }.into_any(),
        Light::Grey => view! { <circle cx="7" cy="7" r="5.6" /> }.into_any(),
    };
    view! {
        <svg viewBox="0 0 14 14" aria-hidden="true">
            {shape}
        </svg>
    }
    .into_any()
}

/// A light with a word of one's own.
pub fn light_with_word(light: Light, word: String) -> AnyView {
    let class = format!("light {light}");
    view! { <span class=class>{light_shape(light)} {word}</span> }.into_any()
}

/// The schedule light of an indicator; drawn as stale where the last accepted fact is too old. Without a target in numbers it is a
/// word only.
pub fn schedule_light(text: Text, judgement: &ScheduleJudgement) -> AnyView {
    let word = text.light_word(judgement);
    let Some(light) = judgement.light else {
        return view! { <span class="soft">{word}</span> }.into_any();
    };
    if !judgement.stale {
        return light_with_word(light, word.to_owned());
    }
    let class = format!("light {light} stale");
    view! {
        <span class=class title=text.light_stale_why()>
            {light_shape(light)}
            {word}
            " · "
            {text.light_stale()}
        </span>
    }
    .into_any()
}
