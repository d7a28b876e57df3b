//! Words of tasks, periods, evaluation, feedback.

messages! {}
