//! `LdapProvisioner` against OpenLDAP.

use provisioning_service::domain::eligibility::Work;
use serde_json::json;
use testkit::Slapd;

use crate::contract::{
    Place,
    ldap::{Server, base, below, configuration, tried},
    person,
};

tried! { Server::openldap:
    the_contract_is_kept
    a_membership_is_one_value_and_a_group_without_members_is_none
    who_owns_a_group_is_named_whether_in_it_or_not
    who_is_to_leave_leaves_also_when_another_one_has_left_meanwhile
    who_is_renamed_or_leaves_while_a_group_is_filled_is_not_in_it_as_before
    who_comes_while_a_group_is_filled_is_in_it
    a_group_whose_last_member_leaves_is_asked_for_if_another_one_belongs
    a_group_is_not_made_under_a_name_that_it_loses
    names_that_differ_in_case_alone_are_one
    what_is_planned_is_what_another_tool_does
    what_is_there_is_listed_in_pages
    a_group_that_is_not_there_any_more_or_was_made_by_half_is_filled
    a_group_of_a_system_is_numbered_and_names_its_members_as_they_are_written
    a_change_of_one_membership_reads_no_other_members
    a_group_of_a_system_names_nobody_in_two_ways
    a_former_name_that_nobody_knows_is_taken_out_by_the_group
    an_entry_that_is_taken_over_is_named_as_it_is_written
    blanks_in_names_are_no_other_members
    of_several_names_each_is_its_own
    a_name_below_another_base_leads_to_nobody_else
    names_that_are_one_to_the_directory_are_one_subjects
    values_that_are_one_to_the_directory_are_written_once
    who_is_in_more_groups_than_are_told_at_once_is_in_all_of_them
    all_that_can_be_written_is_and_goes_again
}

#[tokio::test]
async fn tls_is_trusted_by_its_ca_alone() {
    let server = Slapd::start(&["people2"]).await;
    for (url, start_tls) in [(server.url(), true), (server.tls_url(), false)] {
        let change = json!({"ServerUrl": url, "StartTls": start_tls, "CaCertificates": server.ca()});
        Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, change)).apply("mira", "Oduya").await;
        let change = json!({"ServerUrl": url, "StartTls": start_tls});
        let mut stranger = Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, change));
        let refused = stranger.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
        assert!(refused.to_string().starts_with("The directory cannot be trusted"), "{refused}");
    }
    assert_eq!(below(&Server::OpenLdap(server), &base(2)).await.len(), 1);
}

#[tokio::test]
async fn what_the_schema_does_not_allow_is_told() {
    let server = Slapd::start(&["people2"]).await;
    let change = json!({"Attributes": [{"Attribute": "cn"}, {"Attribute": "sn"}, {"Attribute": "isMemberOf"}],
        "PersonObjectClasses": ["inetOrgPerson", "sambaSamAccount"]});
    let mut place = Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, change));
    let refused = place.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
    // Values have no order: which of them is the one, only the directory says.
    let (why, which) = ("it answered 21 (invalidAttributeSyntax): objectClass: value #", " invalid per syntax.");
    let sentence = refused.to_string();
    assert!(sentence.starts_with(&format!("The directory did not take the entry; {why}")), "{sentence}");
    assert!(sentence.ends_with(which), "{sentence}");
    let long = "x".repeat(512);
    let mut place = Place::new("LdapProvisioner", 2, 4, &configuration(&server.url(), 2, json!({})));
    let told = place.call(&person(&long, "Oduya"), Work::Apply).await;
    assert!(told.as_ref().err().is_none_or(|error| error.to_string().contains("The directory")), "{told:?}");
}
