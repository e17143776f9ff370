//! `LdapProvisioner` against 389 Directory Server.

use crate::contract::ldap::{Server, tried};

tried! { Server::dirsrv:
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
}
