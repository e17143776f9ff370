//! The use cases, one file each. A use case owns its transaction.

pub mod add;
pub mod assign_identifiers;
pub mod bootstrap;
pub mod condition;
pub mod delete;
pub mod duplicate_co;
pub mod edit;
pub mod follow_membership_dates;
pub mod follow_validity;
pub mod list;
pub mod list_members;
pub mod list_subjects;
pub mod login_failed;
pub mod moment;
pub mod read_subjects;
pub mod reconcile;
pub mod reconcile_co;
pub mod record_outcomes;
pub mod references;
pub mod reply_invite;
pub mod rotate_key;
pub mod send_invites;
pub mod types;
pub mod verify_key;
pub mod versions;
pub mod view;
