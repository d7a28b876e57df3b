//! Parts of lists of units: what proves a step, where in a list one is. Invariant: a report or a file is linked only where the
//! service gave it.

use leptos::prelude::*;

use crate::{
    i18n::Text,
    services::{
        roster_view::{PAGE_SIZE, Proof},
        visit::PlanHead,
    },
};

/// Links to the report and the files that prove a step; a dash where there is nothing to open.
pub fn proof_links(text: Text, plan: &PlanHead, proof: &Proof) -> AnyView {
    if proof.report.is_none() && proof.evidence.is_empty() {
        return view! { <span class="soft">"—"</span> }.into_any();
    }
    let report = proof.report.as_ref().map(|report| {
        view! { <a href=plan.path(&format!("/reports/{report}"))>{text.see_report()}</a> }
    });
    let files = proof
        .evidence
        .iter()
        .map(|file| {
            view! {
                " "
                <a href=plan.path(&format!("/evidence/{}", file.id))>{file.file_name.clone()}</a>
                " "
                <small class="soft">{size_words(file.size)}</small>
            }
        })
        .collect_view();
    view! { {report} {files} }.into_any()
}

/// A size as people read it.
fn size_words(bytes: i64) -> String {
    const KB: i64 = 1_024;
    const MB: i64 = KB * KB;
    match bytes {
        MB.. => format!("{}.{} MB", bytes / MB, bytes % MB * 10 / MB),
        KB.. => format!("{} KB", bytes / KB),
        _ => format!("{bytes} B"),
    }
}

/// Where in a list one is. `link` gives the address of a page.
pub fn pager(text: Text, page: i64, pages: i64, total: i64, link: impl Fn(i64) -> String) -> Option<AnyView> {
    if total == 0 {
        return None;
    }
    let from = (page - 1) * PAGE_SIZE + 1;
    let to = (page * PAGE_SIZE).min(total);
    let step = |to: i64, words: &'static str| {
        (1..=pages).contains(&to).then(|| {
            view! {
                <li>
                    <a href=link(to)>{words}</a>
                </li>
            }
        })
    };
    let steps = (pages > 1).then(|| {
        view! {
            <ul>
                {step(page - 1, text.pager_previous())}
                <li>
                    <a href=link(page) aria-current="page">
                        {page}
                        " / "
                        {pages}
                    </a>
                </li>
                {step(page + 1, text.pager_next())}
            </ul>
        }
    });
    Some(
        view! {
            <nav class="pager" aria-label=text.pager_label()>
                <span>{text.pager_range(from, to, total)}</span>
                {steps}
            </nav>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::size_words;

    #[test]
    fn sizes_are_short() {
        for (bytes, words) in [(0, "0 B"), (1_023, "1023 B"), (235_520, "230 KB"), (1_258_291, "1.1 MB"), (10_485_760, "10.0 MB")] {
            assert_eq!(size_words(bytes), words);
        }
    }
}
