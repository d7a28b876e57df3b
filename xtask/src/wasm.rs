//! The browser's half: compiles the library to WASM and makes its JavaScript glue.
//!
//! Invariant: the glue and the WASM file come from one compilation, under fixed names, in a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::processes::{read, run};
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc's output uses; wasm-opt rejects what it is not told to expect.
const WASM_FEATURES: [&str; 5] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// How much work goes into the WASM file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WasmProfile {
    /// For development: quick to compile, not optimised further.
    Quick,
    /// As shipped: one unit, link-time optimised, then `wasm-opt -Oz`.
    Shipped,
}

impl WasmProfile {
    fn cargo_name(self) -> &'static str {
        match self {
            Self::Quick => "wasm-dev",
            Self::Shipped => "wasm-release",
        }
    }
}

/// The folder holding `bihuan.js`, `bihuan_bg.wasm` and perhaps `snippets/`.
pub struct Glue {
    /// Absolute path of that folder.
    pub folder: PathBuf,
}

/// Compiles the islands and makes their glue.
///
/// # Errors
/// When the target cannot be added, or a tool fails.
pub fn build_wasm(workspace: &Workspace, profile: WasmProfile) -> Result<Glue> {
    add_target()?;
    // The ordinary target folder: cargo keeps the builds apart by target and profile already, and a folder of its own
    // would compile every build script and procedural macro a second time.
    let name = profile.cargo_name();
    run(workspace.cargo(["build", "--package", "bihuan", "--lib", "--no-default-features", "--features", "hydrate"]).args([
        "--target",
        TARGET,
        "--profile",
        name,
    ]))?;
    let compiled = workspace.target().join(TARGET).join(name).join("bihuan.wasm");
    let folder = workspace.target().join("glue");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    bind(&compiled, &folder, profile)?;
    if profile == WasmProfile::Shipped {
        shrink(workspace, &folder.join("bihuan_bg.wasm"))?;
    }
    Ok(Glue { folder })
}

/// Makes sure that Rust can compile to WASM.
///
/// # Errors
/// When rustup is there but cannot add the target.
pub fn add_target() -> Result<()> {
    match read(Command::new("rustup").args(["target", "list", "--installed"])) {
        Ok(installed) if installed.lines().any(|line| line.trim() == TARGET) => Ok(()),
        Ok(_) => run(Command::new("rustup").args(["target", "add", TARGET])),
        // Rust was installed without rustup; whether the target is there, the compiler will say.
        Err(_) => Ok(()),
    }
}

fn bind(compiled: &Path, folder: &Path, profile: WasmProfile) -> Result<()> {
    let shipped = profile == WasmProfile::Shipped;
    Bindgen::new()
        .input_path(compiled)
        .out_name("bihuan")
        .web(true)?
        .typescript(false)
        .remove_name_section(shipped)
        .remove_producers_section(shipped)
        .generate(folder)
        .with_context(|| format!("wasm-bindgen could not read {}", compiled.display()))
}

fn shrink(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let shrunk = wasm.with_extension("small");
    run(Command::new("node")
        .arg(workspace.end2end().join("node_modules/binaryen/bin/wasm-opt"))
        .arg("-Oz")
        .args(WASM_FEATURES)
        .arg(wasm)
        .arg("-o")
        .arg(&shrunk))?;
    fs::rename(&shrunk, wasm)?;
    Ok(())
}
