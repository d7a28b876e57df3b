//! Loading a plan from a TOML file.
