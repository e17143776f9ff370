//! Cohort as its users meet it: the built programs, in both shapes, from one source.
#![cfg(test)]

mod audit;
mod away;
mod chaos;
mod clients;
mod command_line;
mod conformance;
mod console;
mod directory;
mod first_minutes;
mod kill;
mod limits;
mod scopes;
mod sim;
mod sink;
mod stopping;
mod trace;

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
    kill::killing_any_process_loses_nothing_that_was_accepted,
    limits::wrong_keys_do_not_starve_right_ones,
    limits::a_list_of_a_document_is_bounded,
    limits::a_filter_is_bounded,
    limits::files_are_for_their_owner_only,
    trace::a_stranger_does_not_decide_what_is_traced,
    stopping::stopping_finishes_what_runs,
    trace::one_trace_reaches_from_the_request_to_the_connector,
);
