//! One indicator with its units.
