//! Writes target/site: hashed names, compressed copies, and the manifest that the server reads at start.
//!
//! Invariant: a file under `pkg/` whose name carries a hash never changes its content, so browsers may keep it for
//! good. Snippets keep their names, because the glue imports them by relative path; wasm-bindgen names their folder by
//! the crate that brings them.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::wasm::{Glue, WasmProfile};
use crate::workspace::Workspace;

const COMPRESSED: [&str; 4] = ["js", "wasm", "css", "svg"];

/// The name under which the glue asks for the WASM file.
const WASM_NAME: &str = "bihuan_bg.wasm";

/// What was written.
pub struct Site {
    /// Path of the glue within the site, beginning with a slash.
    pub js: String,
    /// Path of the WASM file, likewise.
    pub wasm: String,
    /// Path of the style sheet, likewise.
    pub css: String,
    folder: PathBuf,
}

impl Site {
    /// One line per file: size as it is and after Brotli, in bytes.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for (kind, path) in [("js", &self.js), ("wasm", &self.wasm), ("css", &self.css)] {
            let file = self.folder.join(path.trim_start_matches('/'));
            let size = file_size(&file);
            let small = file_size(&with_suffix(&file, "br"));
            writeln!(text, "{kind:<7} {path}  {size} bytes, Brotli {small}").ok();
        }
        text
    }

    /// Size of the WASM file after Brotli, in bytes.
    pub fn wasm_brotli_size(&self) -> u64 {
        file_size(&with_suffix(&self.folder.join(self.wasm.trim_start_matches('/')), "br"))
    }
}

/// Writes the whole site anew and swaps it in.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write_site(workspace: &Workspace, glue: &Glue, css: &str, profile: WasmProfile) -> Result<Site> {
    let folder = workspace.target().join("site.next");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let package = folder.join("pkg");
    fs::create_dir_all(&package)?;
    copy_folder(&workspace.root().join("public"), &folder)?;
    copy_folder(&glue.folder.join("snippets"), &package.join("snippets"))?;

    let wasm = fs::read(glue.folder.join(WASM_NAME))?;
    let js = fs::read_to_string(glue.folder.join("bihuan.js"))?;
    // Leptos makes both names from one stem (`STEM.js`, `STEM_bg.wasm`), so both carry the hash of the pair.
    let stem = hash_name("bihuan", "js", &[js.as_bytes(), &wasm].concat()).trim_end_matches(".js").to_owned();
    let (js_name, wasm_name) = (format!("{stem}.js"), format!("{stem}_bg.wasm"));
    fs::write(package.join(&wasm_name), &wasm)?;
    // The page passes the WASM file's path to the glue; the default inside it should be true as well.
    fs::write(package.join(&js_name), js.replace(WASM_NAME, &wasm_name))?;
    let css_name = hash_name("bihuan", "css", css.as_bytes());
    fs::write(package.join(&css_name), css)?;

    let [js, wasm, css] = [js_name, wasm_name, css_name].map(|name| format!("/pkg/{name}"));
    let manifest = serde_json::json!({ "js": js, "wasm": wasm, "css": css });
    fs::write(folder.join("manifest.json"), format!("{manifest:#}\n"))?;
    compress_folder(&folder, profile)?;
    let site = workspace.site();
    swap_folder(&folder, &site)?;
    Ok(Site { js, wasm, css, folder: site })
}

fn hash_name(stem: &str, extension: &str, content: &[u8]) -> String {
    let mut hash = String::new();
    for byte in Sha256::digest(content).iter().take(8) {
        write!(hash, "{byte:02x}").ok();
    }
    format!("{stem}.{hash}.{extension}")
}

fn swap_folder(next: &Path, site: &Path) -> Result<()> {
    let last = site.with_extension("last");
    if last.exists() {
        fs::remove_dir_all(&last)?;
    }
    if site.exists() {
        fs::rename(site, &last)?;
    }
    fs::rename(next, site).with_context(|| format!("cannot write {}", site.display()))?;
    if last.exists() {
        fs::remove_dir_all(&last)?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            ensure!(entry.file_name() != "manifest.json", "public/manifest.json would be overwritten");
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn compress_folder(folder: &Path, profile: WasmProfile) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress_folder(&path, profile)?;
        } else if path.extension().is_some_and(|found| COMPRESSED.iter().any(|known| *known == found)) {
            compress_file(&path, profile)?;
        }
    }
    Ok(())
}

fn compress_file(path: &Path, profile: WasmProfile) -> Result<()> {
    let content = fs::read(path)?;
    let (quality, level) = match profile {
        WasmProfile::Quick => (5, Compression::fast()),
        WasmProfile::Shipped => (11, Compression::best()),
    };
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut content.as_slice(), &mut small, &parameters)?;
    File::create(with_suffix(path, "br"))?.write_all(&small)?;
    let mut encoder = GzEncoder::new(File::create(with_suffix(path, "gz"))?, level);
    encoder.write_all(&content)?;
    encoder.finish()?;
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn file_size(path: &Path) -> u64 {
    fs::metadata(path).map(|found| found.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::hash_name;

    #[test]
    fn equal_content_has_an_equal_name_and_other_content_another() {
        assert_eq!(hash_name("a", "css", b""), "a.e3b0c44298fc1c14.css");
        assert_ne!(hash_name("a", "css", b"x"), hash_name("a", "css", b"y"));
    }
}
