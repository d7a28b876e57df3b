//! Evaluations, feedback, answers.
