//! The rows of the tables, one file for each.

pub mod ad_hoc_attribute;
pub mod address;
pub mod api_user;
pub mod co;
pub mod co_email_list;
pub mod co_extended_attribute;
pub mod co_extended_type;
pub mod co_group;
pub mod co_group_member;
pub mod co_identifier_assignment;
pub mod co_invite;
pub mod co_org_identity_link;
pub mod co_person;
pub mod co_person_role;
pub mod co_service;
pub mod cou;
pub mod email_address;
pub mod history_record;
pub mod identifier;
pub mod inbox;
pub mod name;
pub mod org_identity;
pub mod record_version;
pub mod telephone_number;
pub mod url;
pub mod watermark;
