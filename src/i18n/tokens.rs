//! Words of personal tokens.

use super::Text;
use crate::domain::scopes::Scope;

messages! {
    tokens_title = "访问令牌", "Access tokens";
    tokens_lead = "程序用访问令牌读取您能看到的数据。令牌只能读取，不能修改；停用账号或修改密码后，令牌立即失效。", "With a token a program reads what you may see. It can only read. All your tokens end when your account is disabled or your password changes.";
    tokens_how(path: &str) = "用法：请求 {path}，并带上 Authorization: Bearer 和令牌。", "Use it as Authorization: Bearer when you request {path}.";
    tokens_document = "接口说明（OpenAPI）", "Description of the interface (OpenAPI)";
    tokens_new = "新建令牌", "New token";
    tokens_name = "名称", "Name";
    tokens_name_hint = "写明用在哪里，例如“月报程序”。", "Say what uses it, such as “monthly report”.";
    tokens_days = "有效期", "Valid for";
    tokens_days_choice(days: i64) = "{days} 天", "{days} days";
    tokens_scopes = "可以读取", "May read";
    tokens_create = "创建令牌", "Create token";
    tokens_ready(name: &str) = "令牌“{name}”已创建，只在这里显示这一次", "The token “{name}”, shown here this once";
    tokens_copy = "请立即复制并妥善保存。离开或刷新本页后无法再看到，只能撤销后重新创建。", "Copy it now and keep it safe. It cannot be shown again after you leave or reload this page; you would have to make another.";
    tokens_secret = "令牌", "Token";
    tokens_present = "已有的令牌", "Present tokens";
    tokens_none = "还没有令牌", "No tokens yet";
    tokens_none_lead = "有程序要读取数据时，在“新建令牌”里写明用途，创建后把令牌交给它。", "Where a program is to read data, say under “New token” what uses it, create one, and give it to the program.";
    tokens_created = "创建", "Created";
    tokens_expires = "有效至", "Valid until";
    tokens_last_used = "最近使用", "Last used";
    tokens_never_used = "从未使用", "never";
    tokens_state = "状态", "State";
    tokens_live = "有效", "Valid";
    tokens_expired = "已过期", "Expired";
    tokens_revoked = "已撤销", "Revoked";
    tokens_revoke = "撤销", "Revoke";
    tokens_revoke_of(name: &str) = "撤销令牌“{name}”", "Revoke the token “{name}”";
    tokens_of_account = "访问令牌", "Access tokens";
    tokens_of_account_lead = "程序以这个账号的名义读取数据。不再需要或可能泄露的，请撤销。", "Programs read data in the name of this account. Revoke what is no longer needed or may be known to others.";
    token_revoked_notice = "令牌已撤销，立即失效。", "The token is revoked and opens nothing any more.";
    scope_read_numbers = "指标与数值", "Indicators and their values";
    scope_read_roster = "名录与具名单元", "The roster and named units";
    scope_read_tasks = "任务与期限", "Tasks and their time limits";
}

impl Text {
    /// What a scope lets a machine read.
    pub const fn scope(self, scope: Scope) -> &'static str {
        match scope {
            Scope::ReadNumbers => self.scope_read_numbers(),
            Scope::ReadRoster => self.scope_read_roster(),
            Scope::ReadTasks => self.scope_read_tasks(),
        }
    }
}
