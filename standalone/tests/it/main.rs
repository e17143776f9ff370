//! Cohort as its users meet it: the built programs, in both shapes, from one source.
#![cfg(test)]

mod audit;
mod away;
mod chaos;
mod chart;
mod clients;
mod command_line;
mod compose;
mod conformance;
mod console;
mod directory;
mod first_minutes;
mod keys;
mod kill;
mod limits;
mod load;
mod privacy;
mod remote;
mod restore;
mod retention;
mod rights;
mod rolling;
mod schemathesis;
mod scopes;
mod secrets;
mod sim;
mod sink;
mod stopping;
mod trace;
mod trust;
mod two_cos;
mod upgrade;

use secrets::rotation as secrets_rotation;

/// Far more than anything takes, on a slow machine, too; a test that waits longer has failed.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);

/// One test for each scenario, in a module for each shape.
macro_rules! on_both_shapes {
    ($($module:ident :: $scenario:ident),* $(,)?) => {
        mod standalone {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    crate::$module::$scenario(testkit::deployment::Shape::Standalone).await;
                }
            )*
        }

        mod services {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    crate::$module::$scenario(testkit::deployment::Shape::Services).await;
                }
            )*
        }
    };
}

on_both_shapes!(
    scopes::a_key_may_what_its_scopes_say,
    audit::who_did_what_is_one_list_that_can_be_trusted,
    conformance::the_conformance_cases_pass,
    first_minutes::the_first_five_minutes_go_as_the_readme_says,
    keys::a_key_counts_from_its_beginning_to_its_end,
    keys::when_a_key_was_used_last_outlives_a_stop,
    keys::the_first_key_is_in_no_log,
    keys::nobody_is_locked_out_by_wrong_keys_for_his_name,
    kill::killing_any_process_loses_nothing_that_was_accepted,
    limits::wrong_keys_do_not_starve_right_ones,
    limits::a_list_of_a_document_is_bounded,
    limits::a_filter_is_bounded,
    limits::files_are_for_their_owner_only,
    privacy::of_who_is_erased_nothing_is_left,
    retention::what_was_deleted_long_ago_is_planned_and_goes,
    trace::a_stranger_does_not_decide_what_is_traced,
    secrets::planted_secrets_are_nowhere,
    secrets_rotation::keys_are_rotated_while_it_runs,
    stopping::stopping_finishes_what_runs,
    two_cos::nobody_sees_or_changes_what_is_of_another_co,
    trace::one_trace_reaches_from_the_request_to_the_connector,
);
