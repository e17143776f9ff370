//! The registry against real databases: the same scenarios on SQLite and on PostgreSQL.
#![cfg(test)]

mod house;
mod scenarios;

/// One test for each scenario, in a module for each database.
macro_rules! on_both {
    ($($scenario:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    let house = crate::house::House::on_sqlite().await;
                    crate::scenarios::$scenario(&house).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    let house = crate::house::House::on_postgres().await;
                    crate::scenarios::$scenario(&house).await;
                }
            )*
        }
    };
}

on_both!(
    roles_changed_at_once_leave_status_and_memberships_right,
    validity_acts_when_its_time_comes,
    a_membership_begins_and_ends_at_its_dates,
    a_refused_change_leaves_nothing,
    an_edit_keeps_the_version_before_it,
    a_change_tells_of_every_subject_once,
    an_outcome_is_written_once,
    deleting_a_co_leaves_nothing_of_it,
    renaming_a_cou_renames_its_groups,
    what_is_provisioned_follows_the_status,
    nobody_sees_another_co,
    keys_are_checked_and_rotated,
    lists_are_paged_in_order,
    nothing_is_hung_on_what_is_deleted_at_the_same_time,
    groups_with_thousands_of_members_change_like_small_ones,
    two_moves_at_once_make_no_circle,
    the_server_s_groups_stay_what_they_are,
);
