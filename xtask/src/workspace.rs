//! Where the project's folders lie.
//!
//! Invariant: nothing is written outside the target folder, `end2end/node_modules` and the system's temporary folder.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The project's folders, as absolute paths.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the project from what `cargo run` tells about this package.
    ///
    /// # Errors
    /// When started other than through cargo.
    pub fn locate() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR").context("start this with `cargo xtask`")?;
        let root = Path::new(&package).parent().context("xtask lies in no project")?.to_path_buf();
        ensure!(root.join("Cargo.toml").is_file(), "{} holds no Cargo.toml", root.display());
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The folder with `Cargo.toml`, `style/` and `public/`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// What the server serves as files.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The browser tests and the list of npm packages.
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// The server binary of a build.
    pub fn server_binary(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" }).join("bihuan")
    }

    /// A cargo command in the project folder.
    pub fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root).args(arguments);
        command
    }
}
