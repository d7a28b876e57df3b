//! Words of cockpit, indicators, roster.

messages! {}
