//! Writing a plan that came in from a file.
