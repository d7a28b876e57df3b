//! Rollups: spans in which a unit counts, and the change of each measure by day.
