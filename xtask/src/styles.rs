//! Joins `style/*.css` into one sheet that Chrome 86 understands.
//!
//! Invariant: the order is tokens, base, then the rest by name. It is the cascade.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};

const FIRST: [&str; 2] = ["tokens.css", "base.css"];

/// lightningcss counts versions as `major << 16 | minor << 8`.
const CHROME_86: u32 = 86 << 16;

/// Reads, checks, lowers and joins the sheets of a folder.
///
/// # Errors
/// When a sheet cannot be read or parsed; the message names file, line and column.
pub fn bundle_styles(folder: &Path, minify: bool) -> Result<String> {
    let mut bundle = String::new();
    for path in order_sheets(folder)? {
        let source = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        bundle.push_str(&lower_sheet(&name, &source, minify)?);
        bundle.push('\n');
    }
    Ok(bundle)
}

fn lower_sheet(name: &str, source: &str, minify: bool) -> Result<String> {
    let targets = Targets::from(Browsers { chrome: Some(CHROME_86), ..Browsers::default() });
    let options = ParserOptions { filename: format!("style/{name}"), ..ParserOptions::default() };
    let mut sheet = StyleSheet::parse(source, options).map_err(|error| anyhow!("{error}"))?;
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| anyhow!("{error}"))?;
    let printed =
        sheet.to_css(PrinterOptions { minify, targets, ..PrinterOptions::default() }).map_err(|error| anyhow!("style/{name}: {error}"))?;
    Ok(printed.code)
}

fn order_sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sheets = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            sheets.push(path);
        }
    }
    sheets.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len()), name)
    });
    Ok(sheets)
}

#[cfg(test)]
mod tests {
    use super::{lower_sheet, order_sheets};

    #[test]
    fn lowers_nesting_and_inset_for_chrome_86() -> anyhow::Result<()> {
        let css = lower_sheet("sample.css", ".a { .b & { inset: 0 } &:hover { color: red } }", true)?;
        assert!(!css.contains('&'), "{css}");
        assert!(!css.contains("inset"), "{css}");
        Ok(())
    }

    #[test]
    fn a_broken_sheet_is_named_with_its_line() {
        let error = lower_sheet("sample.css", "a { color: red }\n}\n", false).err().map(|error| error.to_string());
        assert!(error.as_deref().is_some_and(|text| text.contains("style/sample.css:2")), "{error:?}");
    }

    #[test]
    fn tokens_and_base_come_first() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("bihuan-styles-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        for name in ["alpha.css", "base.css", "tokens.css", "readme.txt", "zeta.css"] {
            std::fs::write(folder.join(name), "")?;
        }
        let names: Vec<_> =
            order_sheets(&folder)?.iter().filter_map(|path| path.file_name().map(|name| name.to_string_lossy().into_owned())).collect();
        std::fs::remove_dir_all(&folder)?;
        assert_eq!(names, ["tokens.css", "base.css", "alpha.css", "zeta.css"]);
        Ok(())
    }
}
