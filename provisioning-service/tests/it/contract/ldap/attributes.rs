//! The attributes of people.

use ldap3::{Scope, SearchEntry};
use proto::registry::v1::{
    CoPersonRole, EmailAddress, Identifier, Name, PersonState, Status, SubjectState, subject_state::Data,
};
use provisioning_service::domain::eligibility::Work;
use serde_json::json;

use crate::contract::{
    Place, Seen,
    ldap::{Server, admin, base, configuration},
    person,
};

fn changed(state: &mut SubjectState) -> &mut PersonState {
    let Some(Data::Person(person)) = &mut state.data else { panic!("no person") };
    person
}

fn role(id: i64, title: &str, affiliation: &str) -> CoPersonRole {
    let (title, affiliation) = (Some(title.to_owned()), Some(affiliation.to_owned()));
    CoPersonRole { id: Some(id), title, affiliation, ..CoPersonRole::default() }
}

/// Somebody of whom all is known.
fn somebody() -> SubjectState {
    let mut state = person("mira", "Oduya");
    let person = changed(&mut state);
    person.names.push(Name {
        given: Some("Мира".to_owned()),
        r#type: Some("author".to_owned()),
        language: Some("uk_UA".to_owned()),
        ..Name::default()
    });
    person.roles = vec![role(7, "Dean", "faculty"), role(8, "Coach", "coach")];
    person.identifiers.extend([("eppn", "mira@x"), ("enterprise", "e1"), ("orcid", "0-1")].map(|(kind, value)| {
        Identifier { r#type: Some(kind.to_owned()), identifier: Some(value.to_owned()), ..Identifier::default() }
    }));
    let mail = |mail: &str, verified| EmailAddress {
        mail: Some(mail.to_owned()),
        verified: Some(verified),
        r#type: Some("official".to_owned()),
        ..EmailAddress::default()
    };
    person.email_addresses = vec![mail("a@x", true), mail("b@x", false)];
    state
}

/// What the directory has of somebody, and whether it is locked.
async fn seen(server: &Server) -> Seen {
    let names = vec!["*", "pwdAccountLockedTime"];
    let found = admin(server).await.search(&base(2), Scope::OneLevel, "(uid=mira)", names).await.unwrap();
    let mut seen: Seen = SearchEntry::construct(found.success().unwrap().0.remove(0)).attrs.into_iter().collect();
    seen.values_mut().for_each(|values| values.sort());
    seen
}

pub(crate) async fn all_that_can_be_written_is_and_goes_again(server: &Server) {
    let names = [
        "cn",
        "sn",
        "givenName",
        "mail",
        "title",
        "employeeType",
        "eduPersonPrincipalName",
        "eduPersonOrcid",
        "eduPersonUniqueId",
        "eduPersonAffiliation",
        "eduPersonScopedAffiliation",
        "isMemberOf",
        "voPersonID",
        "voPersonExternalID",
        "voPersonApplicationUID",
        "voPersonAuthorName",
        "voPersonAffiliation",
        "voPersonVerifiedEmail",
        "voPersonStatus",
    ];
    let attributes: Vec<_> = names.iter().map(|name| json!({"Attribute": name})).collect();
    let change = json!({"Attributes": attributes, "AttributeOptions": true, "LockAttribute": true,
        "ScopeSuffix": "example.org", "PersonObjectClasses": ["inetOrgPerson", "eduPerson", "eduMember", "voPerson"]});
    let mut place = Place::new("LdapProvisioner", 2, 3, &configuration(&server.url(), 2, change));
    let mut state = somebody();
    place.call(&state, Work::Apply).await.unwrap();
    let first = seen(server).await;
    for (name, values) in [
        ("cn", &["Mira Oduya"][..]),
        ("voPersonAuthorName;lang-uk-ua", &["Мира"]),
        ("title;role-7", &["Dean"]),
        ("title;role-8", &["Coach"]),
        ("voPersonAffiliation;role-8", &["coach"]),
        ("eduPersonAffiliation", &["faculty"]),
        ("eduPersonScopedAffiliation", &["faculty@example.org"]),
        ("eduPersonUniqueId", &["e1@example.org"]),
        ("eduPersonPrincipalName", &["mira@x"]),
        ("voPersonVerifiedEmail", &["a@x"]),
        ("mail", &["a@x", "b@x"]),
        ("voPersonStatus", &["active"]),
    ] {
        assert_eq!(
            first.get(name).map(|found| found.iter().map(String::as_str).collect::<Vec<_>>()),
            Some(values.to_vec()),
            "{name}: {first:?}"
        );
    }
    assert!(!first.contains_key("title") && !first.contains_key("pwdAccountLockedTime"));

    let person = changed(&mut state);
    person.roles.pop();
    person.names.pop();
    person.co_person.as_mut().unwrap().set_status(Status::Suspended);
    place.call(&state, Work::Apply).await.unwrap();
    let second = seen(server).await;
    assert!(second.keys().all(|name| !name.contains("role-8") && !name.contains("lang-")), "{second:?}");
    assert_eq!(second["voPersonStatus"], ["suspended"]);
    assert_eq!(second["pwdAccountLockedTime"], ["000001010000Z"]);
    changed(&mut state).co_person.as_mut().unwrap().set_status(Status::Active);
    place.call(&state, Work::Apply).await.unwrap();
    assert!(!seen(server).await.contains_key("pwdAccountLockedTime"));
}
