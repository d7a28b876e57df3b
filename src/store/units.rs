//! The roster: units, recognitions, stage steps, held names. Invariant: a name is held once in its scope.
