//! The closed word lists of the domain (the glossary). Invariant: the interface words them in `i18n`; nothing else carries their names.

use super::text_enum::text_enum;

text_enum! {
    /// What an account may do. An account may hold several; no account holds two administrator roles.
    pub enum Role {
        /// Reads charts and writes instructions.
        Leader = "leader",
        /// Works for the commission: plan, periods, second review, evaluation, feedback.
        Staff = "staff",
        /// Reviews for a lead organisation.
        Lead = "lead",
        /// Reports for a responsible organisation.
        Owner = "owner",
        /// Creates organisations and accounts without roles.
        SystemAdministrator = "system",
        /// Grants roles, unlocks, issues password links.
        SecurityAdministrator = "security",
        /// Reads the audit trail.
        AuditAdministrator = "audit",
    }
}

impl Role {
    /// Whether the role is one of the three administrator roles, of which no account holds two.
    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::SecurityAdministrator | Self::AuditAdministrator)
    }
}

text_enum! {
    /// The kind of a thing that can be counted.
    pub enum UnitKind {
        /// 学校
        School = "school",
        /// 专业群
        ProgrammeGroup = "programme-group",
        /// 课程
        Course = "course",
        /// 教材
        Textbook = "textbook",
        /// 教师团队
        Team = "team",
        /// 海外分校
        OverseasBranch = "overseas-branch",
        /// 海外培训基地
        OverseasBase = "overseas-base",
        /// 海外大学
        OverseasUniversity = "overseas-university",
        /// 标准或资源
        StandardResource = "standard-resource",
        /// 联合体
        Consortium = "consortium",
        /// 共同体
        Community = "community",
        /// 实践中心
        PracticeCentre = "practice-centre",
        /// 服务平台
        ServicePlatform = "service-platform",
        /// 产业学院
        IndustryCollege = "industry-college",
        /// 工匠学院
        CraftsmanCollege = "craftsman-college",
        /// 技工教育联盟
        TechnicianAlliance = "technician-alliance",
    }
}

text_enum! {
    /// The level of a recognition.
    pub enum Level {
        /// 国家级
        National = "national",
        /// 市级
        Municipal = "municipal",
        /// 区级
        District = "district",
        /// 校级
        Institutional = "institutional",
    }
}

text_enum! {
    /// A stage of a recognition: five that lead forward and three ends.
    pub enum Stage {
        /// 培育
        Nurtured = "nurtured",
        /// 申报
        Applied = "applied",
        /// 立项
        Approved = "approved",
        /// 建设
        UnderConstruction = "under-construction",
        /// 认定
        Recognised = "recognised",
        /// 未通过
        NotApproved = "not-approved",
        /// 撤销
        Revoked = "revoked",
        /// 并入
        Merged = "merged",
    }
}

text_enum! {
    /// What an organisation is.
    pub enum OrganisationKind {
        /// The commission whose staff run the plan.
        Commission = "commission",
        /// A government body.
        Government = "government",
        /// A district.
        District = "district",
        /// A school or college.
        School = "school",
        /// An enterprise.
        Enterprise = "enterprise",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// The part an organisation has in a task.
    pub enum Part {
        /// 牵头: reviews.
        Lead = "lead",
        /// 责任: reports and owes.
        Responsible = "responsible",
        /// 支持: owes nothing.
        Supporting = "supporting",
    }
}

text_enum! {
    /// Where a baseline, milestone, target, date or ruling comes from.
    pub enum Provenance {
        /// It stands in the document.
        Text = "text",
        /// The commission decided it.
        Commission = "commission",
        /// A default; the rule is named beside it.
        Derived = "derived",
    }
}

text_enum! {
    /// How an indicator is measured.
    pub enum Measure {
        /// Distinct units that hold a matching recognition.
        Roster = "roster",
        /// The sum of accepted period values since the baseline.
        Flow = "flow",
        /// The latest accepted value.
        Level = "level",
        /// The latest accepted rank; lower is better.
        Rank = "rank",
    }
}

text_enum! {
    /// Which way an indicator improves.
    pub enum Direction {
        /// More is better.
        Rising = "rising",
        /// Less is better.
        Falling = "falling",
    }
}

text_enum! {
    /// How often progress is reported.
    pub enum Cadence {
        /// 月
        Month = "month",
        /// 季
        Quarter = "quarter",
        /// 半年
        HalfYear = "half-year",
        /// 年
        Year = "year",
    }
}

text_enum! {
    /// What a ruling decides about an indicator.
    pub enum RulingKind {
        /// From which stage a recognition counts.
        CountingStage = "counting-stage",
        /// The tolerance of an "about" target.
        Tolerance = "tolerance",
        /// `Stock` or `NewSince`.
        Basis = "basis",
        /// Whether a municipal count includes national recognitions.
        IncludesNational = "includes-national",
    }
}

text_enum! {
    /// A grade of an evaluation.
    pub enum Grade {
        /// Excellent.
        A = "A",
        /// Good.
        B = "B",
        /// Sufficient.
        C = "C",
        /// Insufficient.
        D = "D",
    }
}

text_enum! {
    /// What the commission answers to an accepted report.
    pub enum FeedbackKind {
        /// 知悉: closes at once.
        Acknowledged = "acknowledged",
        /// 建议: closes on the owner's answer.
        Advice = "advice",
        /// 督办: closes when the order closes.
        Order = "order",
    }
}

text_enum! {
    /// Why a report is returned.
    pub enum ReturnReason {
        /// The evidence does not prove the fact.
        Evidence = "evidence",
        /// A number or date is wrong.
        Value = "value",
        /// Something is missing.
        Incomplete = "incomplete",
        /// It belongs to another task or period.
        WrongPlace = "wrong-place",
        /// Something else, said in the text.
        Other = "other",
    }
}
