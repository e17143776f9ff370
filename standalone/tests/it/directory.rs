//! A target is pointed at a directory that is filled already: what would change is seen before, and nothing else does.

/// Needs a directory.
mod slapd {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};
    use testkit::{
        Slapd,
        client::Client,
        deployment::{Deployment, Options, Shape},
        slapd,
    };

    use crate::first_minutes::{add, ended};

    const PEOPLE: usize = 180;
    /// Of the people the directory has these, under another name.
    const THERE: usize = 120;
    /// And it has these, whom nobody knows.
    const OTHERS: usize = 400;

    fn entry(name: &str) -> String {
        format!(
            "dn: uid={name},ou=people,{}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: Somebody\nsn: Somebody\n\
             description: written by others\n\n",
            Slapd::BASE
        )
    }

    async fn person(client: &Client, co: &str, uid: &str) {
        let person = add(client, "co_people", "CoPeople", json!({ "CoId": co, "Status": "Active" })).await;
        let of = json!({ "Type": "CO", "Id": person });
        let name = json!({ "Given": "Ada", "Family": uid, "Type": "official", "PrimaryName": true, "Person": of });
        add(client, "names", "Names", name).await;
        let identifier = json!({ "Identifier": uid, "Type": "uid", "Status": "Active", "Person": of });
        add(client, "identifiers", "Identifiers", identifier).await;
    }

    /// How many change records of each kind are planned.
    async fn planned(client: &Client, target: &str, co: &str) -> BTreeMap<String, usize> {
        let path = format!("/co_provisioning_targets/plan/{target}/coid:{co}.json");
        let plans = client.post(&path, &json!({})).await.expect_status(200).json();
        let plans = plans["CoProvisioningPlans"].as_array().unwrap().clone();
        assert!(plans.len() >= PEOPLE, "{} plans", plans.len());
        let mut kinds = BTreeMap::new();
        for step in plans.iter().filter_map(|plan| plan["Steps"].as_array()).flatten() {
            assert_eq!(step["Protocol"], "ldap");
            let text = step["Text"].as_str().unwrap();
            assert!(!text.contains("uid=other"), "{text}");
            *kinds.entry(text.lines().nth(1).unwrap().to_owned()).or_default() += 1;
        }
        kinds
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_directory_that_is_filled_already_is_taken_over_as_planned() {
        let directory = Slapd::start(&["people"]).await;
        println!("{}", directory.version());
        let mine = (0..THERE).map(|n| entry(&format!("person{n}")));
        let all: String = mine.chain((0..OTHERS).map(|n| entry(&format!("other{n}")))).collect();
        slapd::modify(&directory.url(), &all);
        let deployment = Deployment::start(Shape::Standalone, Options::default()).await;
        let client = deployment.client();
        let co = add(&client, "cos", "Cos", json!({ "Name": "Directory", "Status": "Active" })).await;
        for n in 0..PEOPLE {
            person(&client, &co, &format!("person{n}")).await;
        }
        let configuration = json!({ "ServerUrl": directory.url(), "BindDn": Slapd::ADMIN, "Password": Slapd::PASSWORD,
            "BaseDn": format!("ou=people,{}", Slapd::BASE), "DnAttributeName": "uid", "DnIdentifierType": "uid" });
        let target = json!({ "CoId": co, "Plugin": "LdapProvisioner", "Status": "M", "Configuration": configuration });
        let target = add(&client, "co_provisioning_targets", "CoProvisioningTargets", target).await;

        let expected = BTreeMap::from(
            [("changetype: add", PEOPLE - THERE), ("changetype: modify", THERE)].map(|(kind, n)| (kind.to_owned(), n)),
        );
        assert_eq!(planned(&client, &target, &co).await, expected);
        let before = slapd::search(&directory.url(), "(uid=other*)");
        assert_eq!(before.matches("dn: ").count(), OTHERS);
        let untouched = slapd::search(&directory.url(), "(&(uid=person*)(sn=Somebody))");
        assert_eq!(untouched.matches("dn: ").count(), THERE, "a plan changes nothing");

        let path = format!("/co_provisioning_targets/provision/{target}/coid:{co}.json");
        let asked: Value = client.post(&path, &json!({})).await.expect_status(202).json();
        assert_eq!(ended(&client, asked["Id"].as_str().unwrap()).await["Status"], "Succeeded");
        assert_eq!(planned(&client, &target, &co).await, BTreeMap::new());
        assert_eq!(slapd::search(&directory.url(), "(uid=other*)"), before);
        let kept = slapd::search(&directory.url(), "(&(uid=person*)(sn=person*)(description=written by others))");
        assert_eq!(kept.matches("dn: ").count(), THERE);
        assert_eq!(slapd::search(&directory.url(), "(sn=person*)").matches("dn: ").count(), PEOPLE);
    }
}
