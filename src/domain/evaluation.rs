//! The evaluation of effect (实施效果评估). Invariant: every dimension has a written reason, whether it carries a grade or was not assessed, and a graded effect names what it is seen by.

use serde::{Deserialize, Serialize};

use super::fields::{FieldError, FieldProblem, or_none, read_required, read_text};
use super::text_enum::text_enum;
use super::words::Grade;

/// What stands in place of a grade where none is given.
pub const NOT_ASSESSED: &str = "not-assessed";
/// Longest reason, in characters.
pub const MAX_REASON: usize = 2_000;
/// Longest name of what the effect is seen by, in characters.
pub const MAX_LINK: usize = 200;

text_enum! {
    /// What is evaluated.
    pub enum Dimension {
        /// 进度
        Progress = "progress",
        /// 质量
        Quality = "quality",
        /// 效果
        Effect = "effect",
        /// 满意度
        Satisfaction = "satisfaction",
    }
}

/// The evaluation form as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EvaluationFields {
    /// `A`-`D` or `not-assessed`.
    pub progress_grade: String,
    /// Why.
    pub progress_reason: String,
    /// `A`-`D` or `not-assessed`.
    pub quality_grade: String,
    /// Why.
    pub quality_reason: String,
    /// `A`-`D` or `not-assessed`.
    pub effect_grade: String,
    /// Why.
    pub effect_reason: String,
    /// Code of the linked unit or value or, where the task has no indicator, the evidence of its deliverable.
    pub effect_link: String,
    /// `A`-`D` or `not-assessed`.
    pub satisfaction_grade: String,
    /// Why.
    pub satisfaction_reason: String,
}

impl EvaluationFields {
    /// Grade and reason of a dimension as typed.
    pub fn dimension(&self, dimension: Dimension) -> (&str, &str) {
        match dimension {
            Dimension::Progress => (&self.progress_grade, &self.progress_reason),
            Dimension::Quality => (&self.quality_grade, &self.quality_reason),
            Dimension::Effect => (&self.effect_grade, &self.effect_reason),
            Dimension::Satisfaction => (&self.satisfaction_grade, &self.satisfaction_reason),
        }
    }
}

/// The verdict on one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// What.
    pub dimension: Dimension,
    /// The grade; none: not assessed.
    pub grade: Option<Grade>,
    /// Why, never empty.
    pub reason: String,
}

/// An evaluation that can be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidEvaluation {
    /// The four dimensions in order.
    pub assessments: [Assessment; 4],
    /// What the effect is seen by; always there with a graded effect.
    pub effect_link: Option<String>,
}

/// Checks an evaluation (domain, "Evaluation"). Fields are named `progress_grade`, `progress_reason` and so on, and `effect_link`.
pub fn validate_evaluation(fields: &EvaluationFields) -> Result<ValidEvaluation, Vec<FieldError>> {
    let mut errors = Vec::new();
    let assessments = [Dimension::Progress, Dimension::Quality, Dimension::Effect, Dimension::Satisfaction].map(|dimension| {
        let (grade, reason) = fields.dimension(dimension);
        let grade = read_grade(&format!("{dimension}_grade"), grade, &mut errors);
        let reason = read_required(&format!("{dimension}_reason"), reason, MAX_REASON, &mut errors);
        Assessment { dimension, grade, reason }
    });
    let effect_link = or_none(read_text("effect_link", &fields.effect_link, MAX_LINK, &mut errors));
    let is_graded = assessments.iter().any(|assessment| assessment.dimension == Dimension::Effect && assessment.grade.is_some());
    if is_graded && effect_link.is_none() {
        errors.push(FieldError::new("effect_link", FieldProblem::EffectLinkRequired));
    }
    if errors.is_empty() { Ok(ValidEvaluation { assessments, effect_link }) } else { Err(errors) }
}

fn read_grade(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<Grade> {
    let text = text.trim();
    if text == NOT_ASSESSED {
        return None;
    }
    let grade = text.parse().ok();
    if grade.is_none() {
        let problem = if text.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        errors.push(FieldError::new(field, problem));
    }
    grade
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> EvaluationFields {
        let (grade, reason) = ("B".to_owned(), "有据".to_owned());
        EvaluationFields {
            progress_grade: grade.clone(),
            progress_reason: reason.clone(),
            quality_grade: "A".into(),
            quality_reason: reason.clone(),
            effect_grade: grade,
            effect_reason: reason.clone(),
            effect_link: "T14".into(),
            satisfaction_grade: NOT_ASSESSED.into(),
            satisfaction_reason: reason,
        }
    }

    #[test]
    fn every_dimension_has_a_reason() {
        let evaluation = validate_evaluation(&right()).unwrap();
        assert_eq!(evaluation.assessments.map(|assessment| assessment.grade), [Some(Grade::B), Some(Grade::A), Some(Grade::B), None]);
        assert_eq!(evaluation.effect_link.as_deref(), Some("T14"));
        for (case, fields, expected) in [
            ("no reason", EvaluationFields { quality_reason: " ".into(), ..right() }, vec![("quality_reason", FieldProblem::Required)]),
            (
                "not assessed without reason",
                EvaluationFields { satisfaction_reason: String::new(), ..right() },
                vec![("satisfaction_reason", FieldProblem::Required)],
            ),
            ("no grade", EvaluationFields { progress_grade: String::new(), ..right() }, vec![("progress_grade", FieldProblem::Required)]),
            (
                "unknown grade",
                EvaluationFields { progress_grade: "E".into(), ..right() },
                vec![("progress_grade", FieldProblem::UnknownChoice)],
            ),
            (
                "effect by nothing",
                EvaluationFields { effect_link: "　".into(), ..right() },
                vec![("effect_link", FieldProblem::EffectLinkRequired)],
            ),
            ("effect not assessed", EvaluationFields { effect_grade: NOT_ASSESSED.into(), effect_link: String::new(), ..right() }, vec![]),
            (
                "long",
                EvaluationFields { effect_reason: "长".repeat(2_001), ..right() },
                vec![("effect_reason", FieldProblem::TooLong { max: 2_000, actual: 2_001 })],
            ),
        ] {
            let found: Vec<_> =
                validate_evaluation(&fields).err().unwrap_or_default().into_iter().map(|error| (error.field, error.problem)).collect();
            let expected: Vec<_> = expected.into_iter().map(|(field, problem)| (field.to_owned(), problem)).collect();
            assert_eq!(found, expected, "{case}");
        }
        assert_eq!(validate_evaluation(&EvaluationFields::default()).err().map(|errors| errors.len()), Some(8));
    }
}
