//! What `ChangelogProvisioner` writes, to the letter: digests are made of it, and are compared with those of earlier versions.

use prost_types::Timestamp;
use proto::registry::v1::{
    Address, CoGroup, CoGroupMember, CoOrgIdentityLink, CoPersonRole, Cou, Identifier, LinkedOrgIdentity, Membership,
    OrgIdentity, Status, SubjectState, subject_state::Data,
};
use serde_json::json;

use crate::{
    connector::{
        Connector,
        changelog::Changelog,
        contract::{job, person, target},
        digest,
    },
    domain::eligibility::Work,
};

const PERSON: &str = concat!(
    r#"{"CoGroupMember":[{"CoGroup":{"id":8,"name":"a \"b\""},"co_person_id":3,"id":9,"member":true}],"#,
    r#""CoOrgIdentityLink":[{"OrgIdentity":{"Identifier":[{"identifier":"o","type":"eppn"}],"id":11},"id":10}],"#,
    r#""CoPerson":{"co_id":2,"id":3,"status":"A"},"#,
    r#""CoPersonRole":[{"AdHocAttribute":[],"Address":[{"co_person_role_id":5,"street":"Straße 1"}],"#,
    r#""Cou":{"id":6,"name":"Detector"},"TelephoneNumber":[],"affiliation":"staff","cou_id":6,"#,
    r#""created":"2023-11-14 22:13:20","extended_attributes":{"badge":7,"colour":"red"},"id":5,"status":"GP"}],"#,
    r#""EmailAddress":[],"Identifier":[{"identifier":"mira@x","type":"eppn"}],"Name":[],"Url":[]"#,
);

#[tokio::test]
async fn a_line_is_written_as_it_always_was() {
    let folder = tempfile::tempdir().unwrap();
    let (target, state) = (target("ChangelogProvisioner", json!({"LogFile": "a.log"})), person_with_all());
    let changelog = Changelog::new(folder.path());
    let applied = changelog.apply(&job(&target, &state, None)).await.unwrap();
    let removed = changelog.remove(&job(&target, &state, None)).await.unwrap();
    let lines = std::fs::read_to_string(folder.path().join("changelog/co_2/a.log")).unwrap();
    let meta = |removed: bool| {
        format!(r#""meta":{{"removed":{removed},"revision":7,"target":4,"time":"2023-11-14T22:13:20.000000Z"}}}}"#)
    };
    let gone = r#"{"CoPerson":{"co_id":2,"id":3,"status":"A"}"#;
    let expected =
        [format!(r#"{PERSON},"action":"PU",{}"#, meta(false)), format!(r#"{gone},"action":"PU",{}"#, meta(true))];
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    assert_eq!(applied.digest, Some(digest::of(format!("{PERSON}}}").as_bytes())));
    assert_eq!(removed.digest, Some(digest::of(format!("{gone}}}").as_bytes())));
    let planned = changelog.plan(&job(&target, &state, None), Work::Apply).await.unwrap();
    let told = planned.steps.first().map(|step| (step.text.clone(), step.stable.clone()));
    assert_eq!(told, Some((expected[0].clone(), Some(format!("{PERSON}}}")))));
}

fn person_with_all() -> SubjectState {
    let mut state = person("mira@x");
    let Some(Data::Person(person)) = &mut state.data else { panic!("it is a person") };
    let attributes = json!({"colour": "red", "badge": 7});
    person.roles = vec![CoPersonRole {
        id: Some(5),
        cou_id: Some(6),
        affiliation: Some("staff".to_owned()),
        status: Some(Status::GracePeriod.into()),
        created: Some(Timestamp { seconds: 1_700_000_000, nanos: 0 }),
        extended_attributes: attributes.as_object().map(proto::record::struct_of_json),
        ..CoPersonRole::default()
    }];
    person.cous = vec![Cou { id: Some(6), name: Some("Detector".to_owned()), ..Cou::default() }];
    let address = |role: i64, street: &str| Address {
        co_person_role_id: Some(role),
        street: Some(street.to_owned()),
        ..Address::default()
    };
    person.addresses = vec![address(5, "Straße 1"), address(77, "elsewhere")];
    person.memberships = vec![Membership {
        group: Some(CoGroup { id: Some(8), name: Some("a \"b\"".to_owned()), ..CoGroup::default() }),
        member: Some(CoGroupMember {
            id: Some(9),
            co_person_id: Some(3),
            member: Some(true),
            ..CoGroupMember::default()
        }),
    }];
    let identifier =
        Identifier { identifier: Some("o".to_owned()), r#type: Some("eppn".to_owned()), ..Identifier::default() };
    person.org_identities = vec![LinkedOrgIdentity {
        link: Some(CoOrgIdentityLink { id: Some(10), ..CoOrgIdentityLink::default() }),
        org_identity: Some(OrgIdentity { id: Some(11), ..OrgIdentity::default() }),
        identifiers: vec![identifier],
    }];
    state
}
