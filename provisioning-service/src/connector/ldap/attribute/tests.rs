use proto::registry::v1::AffiliationType;

use super::*;

#[test]
fn affiliations_of_a_co_s_own_are_what_they_stand_for() {
    let role =
        |affiliation: &str| CoPersonRole { affiliation: Some(affiliation.to_owned()), ..CoPersonRole::default() };
    let defined = |affiliation: &str, edu_person: &str| AffiliationType {
        affiliation: affiliation.to_owned(),
        edu_person: edu_person.to_owned(),
    };
    let person = PersonState {
        roles: ["postdoc", "guest", "staff", "reader"].map(role).to_vec(),
        affiliation_types: vec![defined("postdoc", "faculty"), defined("reader", "librarywalkin")],
        ..PersonState::default()
    };
    assert_eq!(edu_person(&person, false), ["faculty", "staff", "library-walk-in"]);
}
