//! How much a report's form may carry. Invariant: the browser and the server hold to the same limits.

/// The largest file, in megabytes.
pub const LARGEST_FILE_MB: u32 = 20;
/// The same in bytes.
pub const LARGEST_FILE: u64 = LARGEST_FILE_MB as u64 * 1024 * 1024;
/// All files of one form together, in megabytes.
pub const LARGEST_UPLOAD_MB: u32 = 256;
/// The same in bytes.
pub const LARGEST_UPLOAD: u64 = LARGEST_UPLOAD_MB as u64 * 1024 * 1024;
/// All text of one form together, in megabytes.
pub const LARGEST_TEXT_MB: u32 = 1;
