//! All resources of the registry, for tests that hold for each.

use person_role_service::store::stored::Stored;
use proto::table::Table;

/// Runs a block for each resource, by its type.
macro_rules! each_resource {
    ($resource:ident => $block:block) => {
        $crate::resources::each_resource!(
            $resource => $block;
            ad_hoc_attribute::AdHocAttributes, address::Addresses, api_user::ApiUsers, co::Cos,
            co_email_list::CoEmailLists, co_extended_attribute::CoExtendedAttributes, co_extended_type::CoExtendedTypes, co_group::CoGroups, co_group_member::CoGroupMembers,
            co_org_identity_link::CoOrgIdentityLinks, co_person::CoPeople, co_person_role::CoPersonRoles,
            co_service::CoServices, cou::Cous, email_address::EmailAddresses, history_record::HistoryRecords,
            identifier::Identifiers, name::Names, org_identity::OrgIdentities, telephone_number::TelephoneNumbers,
            url::Urls, co_invite::CoInvites, co_identifier_assignment::CoIdentifierAssignments,
        )
    };
    ($resource:ident => $block:block; $($module:ident::$type:ident),* $(,)?) => {$({
        type $resource = person_role_service::store::entity::$module::$type;
        $block
    })*};
}
pub(crate) use each_resource;

/// A resource that is missing above would be tested by nobody.
#[test]
fn no_resource_of_the_registry_is_missing() {
    let mut here: Vec<&str> = Vec::new();
    each_resource!(R => { here.push(&<R as Stored>::table().singular) });
    let of_registry = |table: &&Table| table.service.starts_with("cohort.registry.");
    let mut all: Vec<&str> = Table::all().iter().filter(of_registry).map(|table| table.singular.as_str()).collect();
    here.sort_unstable();
    all.sort_unstable();
    assert_eq!(here, all);
}
