//! Evaluation, feedback, answer.
