//! What would be done, and what is there.

use std::collections::BTreeSet;

use proto::registry::v1::SubjectState;
use provisioning_service::{connector::plan::Plan, domain::eligibility::Work};
use testkit::{Slapd, slapd};

use crate::contract::{
    Peer, Place,
    ldap::{Server, admin, base, group, groups, member, people},
    person,
};

/// Lets a tool that is not ours do what a plan says.
async fn carry_out(server: &Server, plan: &Plan) {
    let records: Vec<&str> = plan.steps.iter().map(|step| step.text.as_str()).collect();
    let (url, text) = (server.url(), records.join("\n"));
    tokio::task::spawn_blocking(move || slapd::modify(&url, &text)).await.unwrap();
}

/// Plans, carries out by another tool, and sees that nothing is left to be done; then the service does it, too.
async fn planned(server: &Server, place: &mut Place, state: &SubjectState, work: Work) -> Plan {
    let plan = place.plan(state, work).await;
    carry_out(server, &plan).await;
    assert_eq!(place.plan(state, work).await.steps, [], "after {plan:#?}");
    place.call(state, work).await.unwrap();
    plan
}

pub(crate) async fn what_is_planned_is_what_another_tool_does(server: &Server) {
    let mut mira = people(server, "groupOfNames");
    let (mut nia, mut team, world) = (mira.another(2), mira.group(7), mira.world().clone());
    let long: String = "ä0123456".repeat(60);
    for (identifier, family) in
        [("mira", "Oduya"), (r#"M,i+r="a"\/;<g>#"#, "x\r\ny"), ("#mira ä", &long), ("mira", " : <a ")]
    {
        let state = person(identifier, family);
        let plan = planned(server, &mut mira, &state, Work::Apply).await;
        assert!(!plan.steps.is_empty());
        assert_eq!(server.people(2).await.len(), 1, "renamed, and not another one");
    }
    nia.apply("nia", "Okafor").await;
    world.members.lock().unwrap().insert(7, vec![mira.key(), nia.key()]);
    let plan = planned(server, &mut team, &group(7, "Team, Ä"), Work::Apply).await;
    assert_eq!((plan.steps.len(), plan.there), (1, Some(false)), "{plan:#?}");
    world.groups.lock().unwrap().insert(team.key(), 7);
    // The same person again, not in the group yet; with another name; not in it any more; and gone.
    let team_of = |identifier: &str| member(identifier, &[(7, "Team, Ä")]);
    planned(server, &mut mira, &team_of("mira"), Work::Apply).await;
    planned(server, &mut mira, &team_of("mira,2"), Work::Apply).await;
    assert_eq!(groups(server).await["Team, Ä"].len(), 2);
    world.members.lock().unwrap().insert(7, vec![mira.key(), nia.key()]);
    let plan = planned(server, &mut team, &group(7, "Other"), Work::Apply).await;
    assert!(plan.steps[0].text.contains("newrdn: cn=Other\n"), "{plan:#?}");
    world.groups.lock().unwrap().insert(team.key(), 7);
    planned(server, &mut mira, &member("mira,2", &[]), Work::Apply).await;
    assert_eq!(groups(server).await["Other"], ["uid=nia"]);
    world.members.lock().unwrap().insert(7, vec![nia.key()]);
    let plan = planned(server, &mut nia, &SubjectState::default(), Work::Remove).await;
    assert_eq!(plan.steps.len(), 2, "the group goes with its last member: {plan:#?}");
    assert!(groups(server).await.is_empty());
    // Whoever comes into a group that has no entry makes it.
    world.members.lock().unwrap().clear();
    let plan = planned(server, &mut mira, &member("mira,2", &[(7, "Other")]), Work::Apply).await;
    assert!(plan.steps[0].text.contains("changetype: add\n"), "{plan:#?}");
}

pub(crate) async fn what_is_there_is_listed_in_pages(server: &Server) {
    let place = people(server, "groupOfNames");
    let mut expected = BTreeSet::new();
    let mut ldif = String::new();
    for n in 0..1203 {
        let name = format!("Person{n}");
        ldif += &format!(
            "dn: uid={name},{0}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {name}\ncn: x\nsn: x\n\n",
            base(2)
        );
        expected.insert(format!("uid=person{n},{}", base(2)));
    }
    let url = server.url();
    tokio::task::spawn_blocking(move || slapd::modify(&url, &ldif)).await.unwrap();
    // Others: of another class, and further below.
    let mut ldap = admin(server).await;
    let unit = vec![("objectClass", ["organizationalUnit"].into()), ("ou", ["deep"].into())];
    ldap.add(&format!("ou=deep,{}", base(2)), unit).await.unwrap().success().unwrap();
    let role = vec![("objectClass", ["organizationalRole"].into()), ("cn", ["x"].into())];
    ldap.add(&format!("cn=x,ou=groups,{}", Slapd::BASE), role).await.unwrap().success().unwrap();
    let keys = place.keys().await;
    assert_eq!((keys.len(), keys.into_iter().collect::<BTreeSet<_>>()), (1203, expected));
    assert_eq!(place.group(7).keys().await, Vec::<String>::new());
}
