//! The service as a whole, on SQLite and on PostgreSQL, with a registry of the tests' own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

mod clients;
mod connector;
mod contract;
mod events;
mod looks;
mod plans;
mod registry;
mod rig;
mod scenarios;
mod waiting;

/// Runs each scenario on both databases.
macro_rules! on_both_databases {
    ($($module:ident :: $scenario:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                crate::scenarios::$module::$scenario(crate::rig::Rig::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                crate::scenarios::$module::$scenario(crate::rig::Rig::postgres().await).await;
            })*
        }
    };
}

on_both_databases![
    targets::a_target_is_added_viewed_edited_and_deleted,
    targets::wrong_fields_are_found_at_once,
    targets::a_configuration_is_bounded,
    targets::cos_and_groups_are_asked_of_the_registry,
    targets::secrets_go_in_and_do_not_come_out,
    targets::lists_are_narrowed_and_paged,
    secrets::a_secret_is_sealed_and_belongs_to_its_row,
    secrets::all_is_taken_to_the_newest_key_while_others_write_and_call,
    secrets::without_the_key_nothing_is_sent_and_no_secret_is_kept,
    secrets::what_was_in_clear_is_sealed,
    targets::nobody_without_rights_sees_anything,
    acts::each_act_on_what_is_provisioned_leaves_one_line,
    early::a_target_is_not_told_of_what_was_before_it,
    quota::a_co_has_so_many_targets_and_a_platform_user_adds_more,
    audit::changes_of_targets_are_written_down_without_their_secrets,
    audit::a_target_that_cannot_be_written_down_is_not_added,
    scopes::every_method_asks_for_its_scope,
    conditions::of_many_that_name_one_tag_one_wins,
    conditions::targets_and_requests_are_held_against_their_tags,
    provision::a_request_is_answered_and_then_carried_out,
    provision::who_waits_is_told_the_result,
    provision::requests_that_have_not_begun_merge,
    provision::what_cannot_be_provisioned_is_refused,
    wishes::what_comes_together_is_written_together,
    wishes::each_has_its_own_answer,
    wishes::two_that_make_many_in_other_orders_do_not_lock_one_another,
    provision::a_failing_target_is_retried_and_then_given_up,
    provision::a_refusal_fails_at_once_and_can_be_retried,
    provision::a_target_that_asks_for_time_gets_it,
    provision::waiting_requests_can_be_canceled,
    provision::a_deleted_target_cancels_what_waits_and_keeps_its_requests,
    provision::a_disabled_target_cancels_what_comes_due,
    provision::a_cou_is_everyone_in_it,
    provision::a_co_is_everything_and_tells_how_many_failed,
    provision::a_co_of_which_something_was_canceled_has_not_succeeded,
    provision::a_request_for_many_is_canceled_while_it_runs,
    provision::what_took_the_place_of_a_canceled_one_counts_for_it,
    provision::who_asks_for_many_again_after_a_cancel_has_it,
    provision::cos_do_not_share_changelog_files,
    provision::requests_are_listed_by_what_they_are_about,
    changes::modes_decide_what_follows_changes,
    changes::each_mode_takes_what_it_takes,
    changes::an_event_that_comes_twice_makes_one_request,
    changes::what_one_message_brings_together_is_taken_together,
    changes::a_deleted_provisioning_group_takes_nobody_away,
    changes::a_co_that_is_deleted_takes_its_targets_along,
    changes::what_several_transactions_changed_comes_in_one_message,
    changes::what_the_first_release_tells_is_understood,
    changes::what_cannot_be_understood_becomes_a_dead_letter,
    changes::a_person_who_may_not_be_there_any_more_is_removed_by_the_remembered_key,
    changes::an_older_state_is_not_applied,
    changes::outcomes_become_history,
    worker::a_worker_that_is_not_heard_of_loses_its_request,
    worker::what_was_done_and_not_recorded_is_done_again,
    worker::a_change_that_comes_while_a_request_runs_is_carried_out_after_it,
    worker::a_failure_makes_room_for_the_newer_request,
    worker::two_workers_never_work_on_one_subject_at_once,
    worker::a_registry_that_is_away_costs_no_retry,
    worker::who_waits_for_a_request_that_is_put_off_waits_on,
    worker::a_slow_target_does_not_hold_up_the_others,
    worker::what_takes_long_is_held_on_to,
    worker::one_trace_reaches_from_the_call_to_the_target,
    worker::processes_that_begin_at_once_share_a_new_database,
    queue::the_cos_take_turns,
    queue::a_change_that_merged_outlives_the_cancel_of_the_wish,
    queue::who_is_being_removed_is_at_the_target_no_more_and_who_stays_is_again,
    queue::a_column_that_a_newer_release_adds_stops_nobody,
    queue::a_change_that_began_before_the_target_is_carried_out,
    queue::hosts_whose_clocks_differ_do_not_take_what_another_holds,
    queue::a_request_that_takes_its_workers_along_fails,
    queue::the_next_request_for_many_begins_while_one_of_the_last_is_retried,
    queue::what_takes_the_place_of_a_wish_inherits_it,
    promises::a_group_of_which_a_call_may_land_late_is_filled_again,
    promises::a_late_effect_is_followed_by_the_newest_state,
    promises::a_place_whose_call_another_process_held_is_settled,
    promises::a_target_that_never_answers_is_not_called_at_full_speed,
    promises::a_lost_lease_ends_its_call,
    promises::a_key_whose_call_did_not_end_is_removed_with_the_person,
    promises::a_key_that_is_renamed_twice_leaves_nothing_behind,
    promises::a_key_that_another_subject_has_is_not_taken_away,
    promises::a_group_of_which_a_call_leaves_something_is_asked_for,
    promises::an_odd_key_keeps_nobody_else,
    promises::what_failed_for_want_of_its_target_resumes_by_itself,
    promises::a_request_that_is_given_up_leaves_its_place_unsettled,
    promises::what_was_deleted_while_its_target_was_disabled_goes_with_the_whole_co,
    owed::a_group_that_is_to_be_filled_is_filled_whatever_changes,
    owed::who_is_refused_again_and_again_keeps_no_group_from_being_filled,
    owed::a_change_that_failed_is_not_withdrawn_with_a_wish_that_failed_after_it,
    owed::a_plan_that_was_looked_at_does_not_bind_what_has_to_be_done,
    owed::who_is_tried_first_takes_turns,
    owed::what_a_deleted_target_was_waited_for_goes,
    owed::who_was_erased_is_forgotten_after_a_lost_answer,
    owed::who_lost_a_request_writes_down_no_keys,
    replaced::what_was_canceled_did_nobodys_work,
    replaced::what_was_canceled_does_not_keep_a_failed_one_from_being_retried,
    replaced::who_cannot_be_read_fells_no_process,
    replaced::what_is_resumed_belongs_to_its_parent_again,
    replaced::who_takes_the_place_does_what_was_wished_before,
    replaced::a_begun_request_for_many_is_withdrawn_with_what_it_made,
    replaced::a_parent_that_asks_again_is_one_who_asks,
    replaced::who_asks_again_for_one_of_many_keeps_it_when_the_many_are_canceled,
    replaced::a_comparison_that_is_asked_for_again_mends_as_it_was_to,
    replaced::what_lands_late_of_a_former_configuration_is_set_right,
    replaced::force_goes_on_to_a_wish_and_to_no_change,
    replaced::what_has_to_be_done_anyway_does_not_go_with_a_wish,
    replaced::a_key_that_is_told_twice_is_mended_once,
    promises::a_late_result_is_not_recorded_and_a_planted_bug_would_be_seen,
    guards::a_subject_that_runs_is_not_taken_again_and_a_planted_bug_would_be_seen,
    guards::what_a_connector_does_not_serve_is_neither_queued_nor_read,
    guards::what_waited_for_its_turn_is_read_again,
    guards::a_result_that_cannot_be_recorded_costs_no_other,
    guards::outcomes_of_a_database_that_is_made_anew_are_told_apart,
    targets::a_target_can_be_reached_for_before_it_is_added,
    engine::a_target_does_not_lose_many_at_once,
    engine::what_is_held_is_released_or_dropped,
    engine::what_is_held_and_is_to_stay_after_all_is_applied,
    engine::forced_requests_pass_by_the_guard,
    engine::a_change_that_merges_is_not_forced,
    engine::it_is_explained_why_a_subject_is_there_or_not,
    engine::a_plan_sends_writes_and_queues_nothing,
    engine::a_plan_of_a_co_names_what_the_target_has_beside,
    engine::a_plan_that_is_outdated_is_not_carried_out,
    engine::what_failed_at_a_target_is_tried_again,
    engine::a_target_tells_how_it_fares,
    engine::a_request_for_many_tells_how_far_it_is,
    engine::a_comparison_notes_odd_keys_shortly,
    engine::a_plan_binds_nobody_who_did_not_look_at_it,
    engine::a_connector_that_breaks_takes_nobody_with_it,
    engine::a_comparison_with_a_target_that_never_ends_is_given_up,
    engine::a_comparison_finds_each_difference_and_mends_what_it_is_told_to,
    keeping::what_is_long_past_goes_away_and_what_is_needed_stays,
    keeping::it_goes_away_in_small_steps,
    keeping::an_event_that_was_taken_in_is_known_and_a_planted_bug_would_be_seen,
    late::real_targets_that_work_late_end_right,
    events::several_writers_and_readers_see_no_gap,
    events::events_are_narrowed_by_rights_and_filters,
    events::what_is_not_kept_any_more_is_gone,
    ledger::each_entry_counts_once_as_its_request_stands,
    ledger::a_request_for_many_counts_by_its_subjects,
    ledger::entries_are_told_by_their_numbers,
    ledger::several_writers_leave_no_gap,
    ledger::a_request_without_an_entry_is_found_unless_release_0_1_made_it,
    ledger::old_entries_are_forgotten_before_their_requests,
];
