//! A bullet chart: actual solid, pipeline hatched, awaiting review outlined, expected value and target as marks. Invariant: all
//! lengths share one scale, which begins at 0 and holds every number shown.

use leptos::prelude::*;

use crate::{
    domain::{light::Light, number::format_raw, target::TargetForm},
    i18n::Text,
    services::plan_view::IndicatorView,
};

/// Length of the scale in units of the drawing, which is 260 wide: the rest keeps the target's mark off the edge.
const LENGTH: f64 = 240.0;

/// The pattern of pipelines; once on a page that has bullets.
pub fn hatch_pattern() -> AnyView {
    view! {
        <svg class="visually-hidden" width="0" height="0" aria-hidden="true">
            <defs>
                <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch" width="2.4" height="6" />
                </pattern>
            </defs>
        </svg>
    }
    .into_any()
}

/// The range that a target allows; none where it is one number.
const fn band_of(form: TargetForm) -> Option<(i64, i64)> {
    match form {
        TargetForm::Range { low, high } => Some((low, high)),
        TargetForm::About { n, tolerance } if tolerance > 0 => Some((n - tolerance, n + tolerance)),
        _ => None,
    }
}

/// What the shapes of the bullets of some indicators mean. A range and a bar that is not judged are explained where there is one.
pub fn bullet_legend(text: Text, indicators: &[IndicatorView]) -> AnyView {
    let is_range = |one: &IndicatorView| one.target.as_ref().is_some_and(|target| band_of(target.form).is_some());
    let is_unjudged = |one: &IndicatorView| one.actual > Some(0) && one.judgement.light.unwrap_or(Light::Grey) == Light::Grey;
    let band = indicators.iter().any(is_range).then(|| {
        view! {
            <span>
                <i class="key band"></i>
                {text.legend_band()}
            </span>
        }
    });
    let unjudged = indicators.iter().any(is_unjudged).then(|| {
        view! {
            <span>
                <i class="key unjudged"></i>
                {text.legend_unjudged()}
            </span>
        }
    });
    view! {
        <p class="legend" aria-hidden="true">
            <span>
                <i class="key act"></i>
                {text.legend_actual()}
            </span>
            {unjudged}
            <span>
                <i class="key pipe"></i>
                {text.legend_pipeline()}
            </span>
            <span>
                <i class="key wait"></i>
                {text.legend_awaiting()}
            </span>
            <span>
                <i class="key exp"></i>
                {text.legend_expected()}
            </span>
            <span>
                <i class="key tgt"></i>
                {text.legend_target()}
            </span>
            {band}
        </p>
    }
    .into_any()
}

#[expect(clippy::cast_precision_loss, reason = "lengths of a drawing, of counts far below the bound")]
fn length(value: i64, most: i64) -> f64 {
    LENGTH * value.max(0) as f64 / most.max(1) as f64
}

fn place(at: f64) -> String {
    format!("{at:.1}")
}

/// The bullet of an indicator.
pub fn bullet(text: Text, indicator: &IndicatorView) -> AnyView {
    let actual = indicator.actual.unwrap_or(0);
    let (pipeline, awaiting) = (indicator.pipeline, indicator.awaiting_new());
    let expected = indicator.judgement.expected.map(|expected| expected.shown);
    let form = indicator.target.as_ref().map_or(TargetForm::Unquantified, |target| target.form);
    let headline = form.headline();
    let most = (actual + pipeline + awaiting).max(headline.unwrap_or(0)).max(expected.unwrap_or(0)).max(1);
    let x = |value: i64| length(value, most);
    let show = |value: i64| format_raw(value, indicator.scale);
    let mut said = vec![format!("{} {}", text.legend_actual(), indicator.actual.map_or_else(|| "—".to_owned(), show))];
    let mut say = |word: &str, value: i64| said.push(format!("{word} {}", show(value)));
    for (word, value) in
        [(text.legend_pipeline(), pipeline), (text.legend_awaiting(), i64::try_from(indicator.awaiting.len()).unwrap_or(0))]
    {
        if value > 0 {
            say(word, value);
        }
    }
    if let Some(expected) = expected {
        say(text.legend_expected(), expected);
    }
    if let Some(target) = &indicator.target {
        said.push(format!("{} {}", text.legend_target(), target.wording(text.lang)));
    }
    let band = band_of(form);
    let title = said.join(text.comma());
    let colour = indicator.judgement.light.unwrap_or(Light::Grey);
    let stacked = |class: &'static str, fill: Option<&'static str>, from: i64, width: i64| {
        (width > 0).then(|| {
            view! { <rect class=class fill=fill x=place(x(from)) y="7.5" width=place(x(width).max(1.5)) height="11" /> }
        })
    };
    view! {
        <svg class=format!("bullet {colour}") viewBox="0 0 260 26" role="img">
            <title>{title}</title>
            <rect class="track" x="0" y="7" width="240" height="12" rx="2" />
            {band
                .map(|(low, high)| {
                    view! { <rect class="tgt" x=place(x(low)) y="4" width=place(x(high.min(most) - low).max(2.0)) height="18" /> }
                })}
            {stacked("pipe", Some("url(#hatch)"), actual, pipeline)}
            {stacked("wait", None, actual + pipeline, awaiting)}
            {(actual > 0).then(|| view! { <rect class="act" x="0" y="7" width=place(x(actual).max(1.5)) height="12" rx="2" /> })}
            {expected.map(|expected| view! { <line class="exp" x1=place(x(expected)) x2=place(x(expected)) y1="2" y2="24" /> })}
            {headline.map(|target| view! { <path class="tgt" d=format!("M{} 3v20", place(x(target))) /> })}
        </svg>
    }
    .into_any()
}
