//! Forms as a page offers them. Invariant: a story sends what the page's own form holds, so that a field that the page names
//! otherwise than the server fails it.

use bihuan::{domain::words::OrganisationKind, services::access::Identity, store::Db};

use crate::{
    fixtures::{Cast, add_organisation, add_small_plan, usual_now},
    reader::{Reader, Sent},
    support::{Place, change, read_number, read_texts},
};

/// A form of a page.
#[derive(Debug, Clone)]
pub struct PageForm {
    action: String,
    /// Every field by its name, with what it sends; nothing for a box that is not ticked.
    fields: Vec<(String, Option<String>)>,
    /// The values of boxes and of the options of lists.
    offered: Vec<(String, String)>,
}

impl PageForm {
    /// The only form of a page that posts to an address.
    pub fn of(page: &str, action: &str) -> Self {
        let mut all = Self::all(page, action);
        assert_eq!(all.len(), 1, "forms that post to {action} in {page}");
        all.remove(0)
    }

    /// The form that posts to an address and has a field of a value.
    pub fn with(page: &str, action: &str, name: &str, value: &str) -> Self {
        let mut all = Self::all(page, action);
        all.retain(|form| form.fields.iter().any(|(field, sent)| field == name && sent.as_deref() == Some(value)));
        assert_eq!(all.len(), 1, "forms that post to {action} with {name} = {value} in {page}");
        all.remove(0)
    }

    /// Every form of a page that posts to an address.
    pub fn all(page: &str, action: &str) -> Vec<Self> {
        let forms = page.split("<form ").skip(1).filter_map(|rest| rest.split_once("</form>"));
        forms.filter(|(form, _)| attribute(form, "action").as_deref() == Some(action)).map(|(form, _)| Self::read(action, form)).collect()
    }

    fn read(action: &str, form: &str) -> Self {
        let mut read = Self { action: action.to_owned(), fields: Vec::new(), offered: Vec::new() };
        let mut list: Option<String> = None;
        for piece in form.split('<').skip(1) {
            let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
            let name = attribute(tag, "name");
            let value = attribute(tag, "value");
            match (tag.split([' ', '/']).next().unwrap_or_default(), name) {
                ("input", Some(name)) => match attribute(tag, "type").as_deref() {
                    Some("checkbox" | "radio") => {
                        let value = value.unwrap_or_else(|| "on".to_owned());
                        let ticked = has_word(tag, "checked");
                        read.fields.push((name.clone(), ticked.then(|| value.clone())));
                        read.offered.push((name, value));
                    }
                    Some("file") => {}
                    _ => read.fields.push((name, Some(value.unwrap_or_default()))),
                },
                ("textarea", Some(name)) => read.fields.push((name, Some(unescape(text.trim_start_matches('\n'))))),
                ("select", Some(name)) => {
                    read.fields.push((name.clone(), None));
                    list = Some(name);
                }
                ("option", _) => {
                    let Some(list) = &list else { continue };
                    let value = value.unwrap_or_default();
                    let field = read.fields.last_mut().expect("a list has its field");
                    // A browser sends the chosen option, or the first.
                    if field.1.is_none() || has_word(tag, "selected") {
                        field.1 = Some(value.clone());
                    }
                    read.offered.push((list.clone(), value));
                }
                _ if tag.starts_with("/select") => list = None,
                _ => {}
            }
        }
        read
    }

    /// Types into a field, or chooses from a list.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let offered: Vec<&str> = self.offered.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect();
        assert!(offered.is_empty() || offered.contains(&value), "{name} offers {offered:?}, not {value}");
        let field = self.fields.iter_mut().find(|(field, _)| field == name);
        field.unwrap_or_else(|| panic!("no field {name} in {}", self.action)).1 = Some(value.to_owned());
        self
    }

    /// Ticks a box of a name, whatever it sends.
    #[must_use]
    pub fn tick(self, name: &str) -> Self {
        let offered = self.offered.iter().find(|(field, _)| field == name);
        let value = offered.unwrap_or_else(|| panic!("no box {name} in {}: {:?}", self.action, self.fields)).1.clone();
        self.fill(name, &value)
    }

    /// What a field would send now.
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).and_then(|(_, value)| value.as_deref()).unwrap_or_default()
    }

    /// Presses the form's button.
    pub async fn send(&self, reader: &Reader) -> Sent {
        let fields: Vec<(&str, &str)> = self.fields.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?))).collect();
        reader.send(&self.action, &fields).await
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let start = if tag.starts_with(&format!("{name}=\"")) { name.len() + 2 } else { tag.find(&format!(" {name}=\""))? + name.len() + 3 };
    Some(unescape(tag[start..].split('"').next()?))
}

fn has_word(tag: &str, word: &str) -> bool {
    tag.split([' ', '/']).any(|part| part == word || part.starts_with(&format!("{word}=")))
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[test]
fn a_form_sends_what_a_browser_would() {
    let page = "<form method=\"post\" action=\"/fn/a\"><input type=\"hidden\" name=\"id\" value=\"7\"/>\
        <input type=\"checkbox\" name=\"on\" value=\"x\"/><select name=\"kind\"><option value=\"a\">A</option>\
        <option value=\"b\" selected>B</option></select><textarea name=\"why\">\n1 &lt; 2</textarea><button>go</button></form>";
    let form = PageForm::with(page, "/fn/a", "id", "7");
    assert_eq!((form.value("id"), form.value("on"), form.value("kind"), form.value("why")), ("7", "", "b", "1 < 2"));
    assert_eq!(form.fill("kind", "a").tick("on").value("on"), "x");
}

/// The small plan, and one of its people.
async fn arrive(place: &Place, who: fn(&Cast) -> &Identity) -> (Cast, Reader) {
    let cast = Cast::assemble(&place.db).await;
    add_small_plan(&place.db, &cast).await;
    let reader = Reader::sign_in(place, who(&cast), "zh-CN").await;
    (cast, reader)
}

/// Sends a form that must be taken.
async fn take(reader: &Reader, form: PageForm) {
    let sent = form.send(reader).await;
    assert!(sent.status.is_redirection() && sent.location.contains("done="), "{sent:?}: {}", reader.read(&sent.location).await);
}

/// A report that says "no change", submitted by its owner.
async fn submit_unchanged(db: &Db, report: &str, by: &Identity) {
    let (owner, now) = (by.account(), usual_now().0);
    let sql = format!(
        "INSERT INTO reports (id, obligation_id, correction, state, version, submission, state_since, created_at, submitted_at)
         VALUES ('{report}', '{report}', 0, 'submitted', 2, 1, {now}, {now}, {now});
         INSERT INTO report_drafts (report_id, version, fields, saved_at, saved_by) VALUES ('{report}', 1, '{{}}', {now}, '{owner}');
         INSERT INTO submissions (report_id, submission, fields, submitted_at, submitted_by)
         VALUES ('{report}', 1, '{{\"no_change\":true}}', {now}, '{owner}')"
    );
    change(db, &sql).await;
}

stories! {
    async fn staff_record_a_unit_and_its_next_stage(place: Place) {
        let (cast, staff) = arrive(&place, |cast| &cast.staff).await;
        let page = "/p/songshan/manage/units";
        let form = PageForm::of(&staff.open(page).await, "/fn/record_unit")
            .fill("recognition", "centre")
            .fill("level", "municipal")
            .fill("name", "松山机械实践中心")
            .fill("holder", cast.owning_a.as_str())
            .fill("stage", "approved")
            .fill("stage_date", "2026-03-01")
            .fill("document", "松教〔2026〕1 号")
            .fill("reason", "计划开始前已有。");
        take(&staff, form).await;
        let unit = read_texts(&place.db, "SELECT id FROM units WHERE name_zh = '松山机械实践中心'").await.remove(0);
        let form = PageForm::of(&staff.open(&format!("{page}?unit={unit}")).await, "/fn/record_step")
            .fill("stage", "recognised")
            .fill("stage_date", "2026-09-01")
            .fill("document", "松教〔2026〕9 号")
            .fill("reason", "验收通过。");
        take(&staff, form).await;
        let page = staff.read(&format!("{page}?unit={unit}")).await;
        for shown in ["松教〔2026〕1 号", "松教〔2026〕9 号", "验收通过。"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
    }

    async fn an_organisation_is_changed_retired_and_revived(place: Place) {
        let (_, system) = arrive(&place, |cast| &cast.system).await;
        let id = add_organisation(&place.db, OrganisationKind::School, "东岭职业学院").await;
        let page = format!("/admin/organisations?edit={id}");
        let state = "SELECT name_zh || CASE WHEN retired_at IS NULL THEN '' ELSE ' retired' END FROM organisations";
        let state = format!("{state} WHERE id = '{id}'");
        let form = PageForm::of(&system.open(&page).await, "/fn/change_organisation");
        take(&system, form.fill("name_zh", "东岭职业大学").fill("reason", "升格。").fill("document", "教发〔2026〕1 号")).await;
        assert_eq!(read_texts(&place.db, &state).await, ["东岭职业大学"]);
        for (action, after) in [("/fn/retire_organisation", "东岭职业大学 retired"), ("/fn/revive_organisation", "东岭职业大学")] {
            let form = PageForm::of(&system.open(&page).await, action);
            take(&system, form.fill("reason", "合并。").fill("document", "教发〔2026〕2 号")).await;
            assert_eq!(read_texts(&place.db, &state).await, [after]);
        }
    }

    async fn an_account_is_shut_out_and_let_in(place: Place) {
        let (cast, system) = arrive(&place, |cast| &cast.system).await;
        let page = format!("/admin/accounts/{}", cast.owner_a.account());
        let sql = format!("SELECT COUNT(*) FROM accounts WHERE id = '{}' AND disabled_at IS NOT NULL", cast.owner_a.account());
        for (action, disabled) in [("/fn/disable_account", 1), ("/fn/enable_account", 0)] {
            let form = PageForm::of(&system.open(&page).await, action);
            take(&system, form.fill("reason", "离岗。")).await;
            assert_eq!(read_number(&place.db, &sql).await, disabled, "{action}");
        }
    }

    async fn an_owner_takes_a_report_back(place: Place) {
        let (cast, owner) = arrive(&place, |cast| &cast.owner_a).await;
        submit_unchanged(&place.db, "owed-a", &cast.owner_a).await;
        take(&owner, PageForm::of(&owner.open("/p/songshan/reports/owed-a").await, "/fn/withdraw_report")).await;
        assert_eq!(read_texts(&place.db, "SELECT state FROM reports").await, ["draft"]);
    }

    async fn reports_without_change_are_accepted_together(place: Place) {
        let (cast, lead) = arrive(&place, |cast| &cast.lead).await;
        submit_unchanged(&place.db, "owed-a", &cast.owner_a).await;
        submit_unchanged(&place.db, "owed-b", &cast.owner_b).await;
        let form = PageForm::of(&lead.open("/p/songshan/reviews").await, "/fn/accept_unchanged");
        take(&lead, form.tick("report.owed-a").tick("report.owed-b")).await;
        assert_eq!(read_texts(&place.db, "SELECT state FROM reports").await, ["lead-reviewed", "lead-reviewed"]);
    }

    async fn staff_move_the_deadlines_of_a_period(place: Place) {
        let (_, staff) = arrive(&place, |cast| &cast.staff).await;
        let page = "/p/songshan/periods/2026Q3";
        let form = PageForm::of(&staff.open(page).await, "/fn/change_period");
        assert_eq!(form.value("report_due"), "2026-10-15", "the present days stand in the form");
        take(&staff, form.fill("report_due", "2026-10-16").fill("reason", "节后顺延。")).await;
        assert!(staff.read(page).await.contains("2026-10-16"));
    }

    async fn staff_change_a_contact_and_end_a_part(place: Place) {
        let (_, staff) = arrive(&place, |cast| &cast.staff).await;
        let page = "/p/songshan/manage/assignments?task=1.1";
        let form = PageForm::with(&staff.open(page).await, "/fn/change_contact", "instance", "a");
        take(&staff, form.fill("contact", "王老师 010-0000")).await;
        assert!(staff.read(page).await.contains("王老师 010-0000"));
        let form = PageForm::with(&staff.open(page).await, "/fn/end_assignment", "instance", "b");
        take(&staff, form.fill("reason", "任务移交。")).await;
        assert_eq!(PageForm::all(&staff.open(page).await, "/fn/end_assignment").len(), 2, "the lead and one responsible are left");
    }
}
