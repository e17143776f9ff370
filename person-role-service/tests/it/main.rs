//! The registry against real databases: the same scenarios on SQLite and on PostgreSQL.
#![cfg(test)]

mod assignments;
mod attributes;
mod audit;
mod conditions;
mod contracts;
mod duplicate;
mod former;
mod house;
mod in_step;
mod invites;
mod isolation;
mod keys;
mod logins;
mod looks;
mod neighbours;
mod org_identities;
mod past;
mod promises;
mod resources;
mod retention;
mod scenarios;
mod scopes;
mod settled;
mod triggers;
mod types;

/// One test for each scenario, in a module for each database.
macro_rules! on_both {
    ($($part:ident :: $scenario:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    let house = crate::house::House::on_sqlite().await;
                    crate::$part::$scenario(&house).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    let house = crate::house::House::on_postgres().await;
                    crate::$part::$scenario(&house).await;
                }
            )*
        }
    };
}

on_both!(
    scenarios::roles_changed_at_once_leave_status_and_memberships_right,
    scenarios::validity_acts_when_its_time_comes,
    scenarios::a_membership_begins_and_ends_at_its_dates,
    scenarios::a_refused_change_leaves_nothing,
    scenarios::an_edit_keeps_the_version_before_it,
    scenarios::a_change_tells_of_every_subject_once,
    scenarios::an_outcome_is_written_once,
    scenarios::deleting_a_co_leaves_nothing_of_it,
    scenarios::renaming_a_cou_renames_its_groups,
    scenarios::what_is_provisioned_follows_the_status,
    scenarios::nobody_sees_another_co,
    logins::keys_are_checked_and_rotated,
    logins::a_key_that_was_made_here_is_checked_quickly,
    logins::the_users_of_a_closed_co_are_nobody,
    scenarios::lists_are_paged_in_order,
    scenarios::nothing_is_hung_on_what_is_deleted_at_the_same_time,
    scenarios::groups_with_thousands_of_members_change_like_small_ones,
    scenarios::two_moves_at_once_make_no_circle,
    scenarios::the_server_s_groups_stay_what_they_are,
    duplicate::a_duplicate_has_the_settings_and_not_the_people,
    invites::an_invitation_is_answered_once,
    invites::an_invitation_expires_and_gives_way_to_a_newer_one,
    invites::a_mail_that_could_not_be_sent_is_sent_later,
    invites::the_users_of_a_co_send_so_many_and_keep_nobody_waiting,
    isolation::nobody_of_a_co_writes_history_as_the_server_does,
    neighbours::groups_of_the_version_before_are_described,
    neighbours::what_hangs_on_a_role_is_told_of_its_person,
    neighbours::a_service_is_a_subject,
    neighbours::cous_say_their_place_in_the_tree,
    neighbours::the_co_called_comanage_stays,
    neighbours::what_is_deleted_is_named_no_more,
    org_identities::a_record_hangs_on_exactly_one,
    org_identities::people_are_told_what_changes_of_their_org_identities,
    org_identities::an_org_identity_is_passed_on_between_its_dates,
    org_identities::what_hangs_on_something_goes_with_it,
    keys::a_request_is_done_once_for_each_key,
    keys::of_requests_at_once_one_is_done,
    keys::keys_go_after_a_day,
    past::a_record_is_shown_as_it_was,
    past::filters_look_at_the_same_second,
    past::the_groups_of_a_person_are_those_of_the_second,
    past::versions_say_what_changed,
    past::versions_are_told_by_the_thousand,
    past::old_versions_are_filled,
    past::the_past_is_exact_under_edits_at_once,
    past::filters_of_roles_are_combined,
    in_step::each_is_answered_as_if_it_were_alone,
    in_step::who_is_held_holds_up_nobody_else,
    in_step::one_that_fails_takes_nobody_along,
    former::revisions_never_go_back_from_release_0_1_to_this_one,
    former::release_0_1_is_told_the_members_with_the_group,
    promises::every_change_of_a_subject_raises_its_revision,
    promises::equal_revisions_mean_equal_content,
    promises::a_date_is_not_lost_between_clocks,
    promises::who_becomes_active_is_seen_with_the_role,
    promises::reconciling_takes_nobody_away_who_belongs,
    promises::members_are_listed_page_by_page,
    promises::who_is_suspended_is_no_member_for_targets,
    promises::a_change_and_its_messages_are_one,
    assignments::identifiers_are_assigned_by_the_rules_of_the_co,
    assignments::many_at_once_get_different_identifiers,
    assignments::what_is_kept_of_names_becomes_a_digest,
    assignments::a_sequence_gets_past_what_is_taken,
    assignments::a_type_that_is_none_any_more_is_told,
    assignments::what_one_request_tries_is_bounded,
    retention::what_was_deleted_long_ago_goes_as_it_was_planned,
    retention::it_goes_in_small_steps_and_not_without_a_record,
    audit::keys_rights_and_settings_are_written_down,
    audit::ordinary_records_and_personal_values_are_not,
    audit::failed_logins_are_written_down,
    audit::who_may_read_it_and_by_what,
    audit::whatever_is_changed_in_it_is_found,
    audit::it_is_one_chain_and_holds_no_ordinary_change_up,
    audit::what_cannot_be_written_down_is_not_done,
    scopes::every_method_of_every_resource_asks_for_its_scope,
    scopes::views_of_many_ask_for_each,
    scopes::nobody_gives_what_he_lacks,
    scopes::a_key_keeps_its_own_limits,
    scopes::a_key_with_limits_gives_nothing_to_who_has_wider_ones,
    scopes::who_logs_in_is_told_what_he_may_and_when_he_did,
    attributes::attributes_follow_their_definitions,
    attributes::a_co_has_so_many,
    triggers::each_change_tells_of_the_subjects_that_it_concerns,
    triggers::each_status_passes_on_what_it_may,
    types::an_affiliation_of_a_co_s_own_stands_for_one_of_eduperson,
    types::a_co_s_own_types_replace_the_defaults,
    types::a_type_in_use_stays_what_it_is,
    types::a_type_is_not_deleted_while_it_comes_into_use,
    types::what_types_another_co_has_is_not_told,
    conditions::of_many_that_name_one_tag_one_wins,
    conditions::a_condition_is_met_before_anything_else_counts,
    conditions::a_tag_changes_with_everything_that_is_stored,
    contracts::a_generated_client_of_somebody_else_works,
);
