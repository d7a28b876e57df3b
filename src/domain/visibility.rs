//! Who sees a report with its evidence and reviews. Invariant: whoever may not see one gets the same answer as for one that does not exist.

use super::ids::OrganisationId;

/// Whoever looks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewer {
    /// The organisation the account acts for.
    pub organisation: Option<OrganisationId>,
    /// Staff and leaders read every report.
    pub reads_all: bool,
}

/// Whether a report is shown: to its own organisation, to the lead organisation of its task, to staff and leaders
/// (domain, "Who sees what"). The same holds for its evidence and its reviews.
pub fn may_see_report(viewer: &Viewer, owner: &OrganisationId, lead: Option<&OrganisationId>) -> bool {
    viewer.reads_all || viewer.organisation.as_ref().is_some_and(|own| own == owner || Some(own) == lead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_shown_to_its_organisation_its_lead_staff_and_leaders() {
        let (owner, lead, other) = (OrganisationId::from("owner"), OrganisationId::from("lead"), OrganisationId::from("other"));
        let viewer = |organisation: Option<&OrganisationId>, reads_all| Viewer { organisation: organisation.cloned(), reads_all };
        for (viewer, with_lead, without_lead) in [
            (viewer(Some(&owner), false), true, true),
            (viewer(Some(&lead), false), true, false),
            (viewer(Some(&other), false), false, false),
            (viewer(Some(&other), true), true, true),
            (viewer(None, true), true, true),
            (viewer(None, false), false, false),
        ] {
            assert_eq!(may_see_report(&viewer, &owner, Some(&lead)), with_lead, "{viewer:?}");
            assert_eq!(may_see_report(&viewer, &owner, None), without_lead, "{viewer:?}");
        }
    }
}
