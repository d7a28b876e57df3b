//! Names of the closed word lists.

use super::Text;
use crate::domain::words::{
    Cadence, FeedbackKind, Level, OrganisationKind, Part, Provenance, ReturnReason, Role, RulingKind, Stage, UnitKind,
};

messages! {
    role_leader = "领导", "Leader";
    role_staff = "教委工作人员", "Commission staff";
    role_lead = "牵头单位审核人", "Lead organisation reviewer";
    role_owner = "任务责任单位填报人", "Task owner";
    role_system = "系统管理员", "System administrator";
    role_security = "安全管理员", "Security administrator";
    role_audit = "审计管理员", "Audit administrator";
    unit_school = "学校", "School";
    unit_programme_group = "专业群", "Programme group";
    unit_course = "课程", "Course";
    unit_textbook = "教材", "Textbook";
    unit_team = "教师团队", "Teacher team";
    unit_overseas_branch = "海外分校", "Overseas branch";
    unit_overseas_base = "海外培训基地", "Overseas training base";
    unit_overseas_university = "海外大学", "Overseas university";
    unit_standard_resource = "标准或资源", "Standard or resource";
    unit_consortium = "联合体", "Consortium";
    unit_community = "共同体", "Community";
    unit_practice_centre = "实践中心", "Practice centre";
    unit_service_platform = "服务平台", "Service platform";
    unit_industry_college = "产业学院", "Industry college";
    unit_craftsman_college = "工匠学院", "Craftsman college";
    unit_technician_alliance = "技工教育联盟", "Technician alliance";
    level_national = "国家级", "National";
    level_municipal = "市级", "Municipal";
    level_district = "区级", "District";
    level_institutional = "校级", "Institutional";
    stage_nurtured = "培育", "Nurtured";
    stage_applied = "申报", "Applied";
    stage_approved = "立项", "Approved";
    stage_under_construction = "建设", "Under construction";
    stage_recognised = "认定", "Recognised";
    stage_not_approved = "未通过", "Not approved";
    stage_revoked = "撤销", "Revoked";
    stage_merged = "并入", "Merged";
    organisation_commission = "教育主管部门", "Commission";
    organisation_government = "政府部门", "Government body";
    organisation_district = "区", "District";
    organisation_school = "学校", "School";
    organisation_enterprise = "企业", "Enterprise";
    organisation_other = "其他", "Other";
    part_lead = "牵头单位", "Lead organisation";
    part_responsible = "责任单位", "Responsible organisation";
    part_supporting = "支持单位", "Supporting organisation";
    provenance_text = "原文", "From the text";
    provenance_commission = "教委确定", "Set by the commission";
    provenance_derived = "推定", "Derived";
    cadence_month = "每月", "Monthly";
    cadence_quarter = "每季度", "Quarterly";
    cadence_half_year = "每半年", "Half-yearly";
    cadence_year = "每年", "Yearly";
    ruling_counting_stage = "计入阶段", "Counting stage";
    ruling_tolerance = "“左右”的容差", "Tolerance of “about”";
    ruling_basis = "统计口径", "Basis";
    ruling_includes_national = "是否含国家级", "Includes national ones";
    feedback_acknowledged = "知悉", "Acknowledged";
    feedback_advice = "建议", "Advice";
    feedback_order = "督办", "Order";
    return_evidence = "佐证不足", "Evidence does not prove it";
    return_value = "数据或日期有误", "A number or date is wrong";
    return_incomplete = "内容不完整", "Something is missing";
    return_wrong_place = "填错任务或填报期", "Wrong task or period";
    return_other = "其他", "Other";
}

impl Text {
    /// Name of a role.
    pub const fn role(self, role: Role) -> &'static str {
        match role {
            Role::Leader => self.role_leader(),
            Role::Staff => self.role_staff(),
            Role::Lead => self.role_lead(),
            Role::Owner => self.role_owner(),
            Role::SystemAdministrator => self.role_system(),
            Role::SecurityAdministrator => self.role_security(),
            Role::AuditAdministrator => self.role_audit(),
        }
    }

    /// Name of a kind of unit.
    pub const fn unit_kind(self, kind: UnitKind) -> &'static str {
        match kind {
            UnitKind::School => self.unit_school(),
            UnitKind::ProgrammeGroup => self.unit_programme_group(),
            UnitKind::Course => self.unit_course(),
            UnitKind::Textbook => self.unit_textbook(),
            UnitKind::Team => self.unit_team(),
            UnitKind::OverseasBranch => self.unit_overseas_branch(),
            UnitKind::OverseasBase => self.unit_overseas_base(),
            UnitKind::OverseasUniversity => self.unit_overseas_university(),
            UnitKind::StandardResource => self.unit_standard_resource(),
            UnitKind::Consortium => self.unit_consortium(),
            UnitKind::Community => self.unit_community(),
            UnitKind::PracticeCentre => self.unit_practice_centre(),
            UnitKind::ServicePlatform => self.unit_service_platform(),
            UnitKind::IndustryCollege => self.unit_industry_college(),
            UnitKind::CraftsmanCollege => self.unit_craftsman_college(),
            UnitKind::TechnicianAlliance => self.unit_technician_alliance(),
        }
    }

    /// Name of a level.
    pub const fn level(self, level: Level) -> &'static str {
        match level {
            Level::National => self.level_national(),
            Level::Municipal => self.level_municipal(),
            Level::District => self.level_district(),
            Level::Institutional => self.level_institutional(),
        }
    }

    /// Name of a stage.
    pub const fn stage(self, stage: Stage) -> &'static str {
        match stage {
            Stage::Nurtured => self.stage_nurtured(),
            Stage::Applied => self.stage_applied(),
            Stage::Approved => self.stage_approved(),
            Stage::UnderConstruction => self.stage_under_construction(),
            Stage::Recognised => self.stage_recognised(),
            Stage::NotApproved => self.stage_not_approved(),
            Stage::Revoked => self.stage_revoked(),
            Stage::Merged => self.stage_merged(),
        }
    }

    /// Name of a kind of organisation.
    pub const fn organisation_kind(self, kind: OrganisationKind) -> &'static str {
        match kind {
            OrganisationKind::Commission => self.organisation_commission(),
            OrganisationKind::Government => self.organisation_government(),
            OrganisationKind::District => self.organisation_district(),
            OrganisationKind::School => self.organisation_school(),
            OrganisationKind::Enterprise => self.organisation_enterprise(),
            OrganisationKind::Other => self.organisation_other(),
        }
    }

    /// Name of a part in a task.
    pub const fn part(self, part: Part) -> &'static str {
        match part {
            Part::Lead => self.part_lead(),
            Part::Responsible => self.part_responsible(),
            Part::Supporting => self.part_supporting(),
        }
    }

    /// Name of a provenance.
    pub const fn provenance(self, provenance: Provenance) -> &'static str {
        match provenance {
            Provenance::Text => self.provenance_text(),
            Provenance::Commission => self.provenance_commission(),
            Provenance::Derived => self.provenance_derived(),
        }
    }

    /// Name of a cadence.
    pub const fn cadence(self, cadence: Cadence) -> &'static str {
        match cadence {
            Cadence::Month => self.cadence_month(),
            Cadence::Quarter => self.cadence_quarter(),
            Cadence::HalfYear => self.cadence_half_year(),
            Cadence::Year => self.cadence_year(),
        }
    }

    /// Name of a kind of ruling.
    pub const fn ruling_kind(self, kind: RulingKind) -> &'static str {
        match kind {
            RulingKind::CountingStage => self.ruling_counting_stage(),
            RulingKind::Tolerance => self.ruling_tolerance(),
            RulingKind::Basis => self.ruling_basis(),
            RulingKind::IncludesNational => self.ruling_includes_national(),
        }
    }

    /// Name of a kind of feedback.
    pub const fn feedback_kind(self, kind: FeedbackKind) -> &'static str {
        match kind {
            FeedbackKind::Acknowledged => self.feedback_acknowledged(),
            FeedbackKind::Advice => self.feedback_advice(),
            FeedbackKind::Order => self.feedback_order(),
        }
    }

    /// Name of a reason for a return.
    pub const fn return_reason(self, reason: ReturnReason) -> &'static str {
        match reason {
            ReturnReason::Evidence => self.return_evidence(),
            ReturnReason::Value => self.return_value(),
            ReturnReason::Incomplete => self.return_incomplete(),
            ReturnReason::WrongPlace => self.return_wrong_place(),
            ReturnReason::Other => self.return_other(),
        }
    }
}
