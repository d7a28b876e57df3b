//! The only `<textarea>`. Invariant: its text is escaped here, because Leptos 0.8 does not escape the children of a textarea.

use leptos::prelude::*;

/// Escapes text for the inside of a textarea. A first line end would be dropped by the parser, so one is put before it.
pub fn escape_text_area(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 1);
    if text.starts_with('\n') {
        escaped.push('\n');
    }
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A textarea with its text escaped.
#[component]
pub fn TextArea(
    /// Its id.
    id: String,
    /// Its field's name.
    name: String,
    /// What stands in it.
    value: String,
    /// Its height in lines.
    #[prop(default = 4)]
    rows: u32,
    /// The ids of hint and error.
    #[prop(optional)]
    described_by: Option<String>,
    /// Whether what stands in it is wrong.
    #[prop(optional)]
    invalid: bool,
    /// Whether it has to be filled.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    view! {
        <textarea
            id=id
            name=name
            rows=rows
            aria-describedby=described_by
            aria-invalid=invalid.then_some("true")
            aria-required=required.then_some("true")
        >
            {escape_text_area(&value)}
        </textarea>
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;

    #[test]
    fn text_cannot_leave_the_textarea() {
        let owner = Owner::new();
        let html = owner.with(|| {
            view! { <TextArea id="a".to_owned() name="a".to_owned() value="</textarea><script>x</script> & ok".to_owned() /> }.to_html()
        });
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;x&lt;/script&gt; &amp; ok</textarea>"), "{html}");
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
    }
}
