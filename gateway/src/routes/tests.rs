//! The routing table: what each path and method is.

use proto::registry::v1::{ApiUser, CoInvite, CoPersonRole, Cou, HistoryRecord};

use super::*;

fn route(method: &str, path: &str) -> Result<Operation, Problem> {
    Place::of(&Address::of(path))?.operation(&Method::from_bytes(method.as_bytes()).unwrap(), false)
}

fn phrase(problem: Problem) -> String {
    match problem {
        Problem::Refused(Refusal::Unknown { phrase, .. }) => phrase,
        Problem::Refused(Refusal::InvalidFields(wrong)) => {
            format!("Invalid Fields {:?}", wrong.0.keys().collect::<Vec<_>>())
        }
        Problem::MethodNotAllowed { allow } => format!("405 {allow}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn operations_are_found_below_both_bases() {
    let role = Table::of::<CoPersonRole>();
    for (method, path, expected) in [
        ("GET", "co_person_roles.json", Operation::List(role)),
        ("HEAD", "co_person_roles.xml", Operation::List(role)),
        ("POST", "co_person_roles.json", Operation::Add(role)),
        ("GET", "co_person_roles/7.json", Operation::View(role, 7)),
        ("HEAD", "co_person_roles/7.json", Operation::View(role, 7)),
        ("GET", "co_person_roles/%37.json", Operation::View(role, 7)),
        ("PUT", "co_person_roles/7.xml", Operation::Edit(role, 7)),
        ("DELETE", "co_person_roles/7.json", Operation::Delete(role, 7)),
        ("GET", "cous/9223372036854775807.json", Operation::View(Table::of::<Cou>(), i64::MAX)),
        ("GET", "api_users/1.json", Operation::View(Table::of::<ApiUser>(), 1)),
        ("POST", "api_users/1/key.json", Operation::RotateKey(1)),
        ("GET", "co_invites.json", Operation::Reply),
        ("POST", "co_invites.xml", Operation::Add(Table::of::<CoInvite>())),
        ("POST", "identifiers/assign.json", Operation::Assign),
        ("POST", "cos/duplicate/7.json", Operation::Duplicate(7)),
        ("PUT", "co_groups/reconcile.json", Operation::ReconcileCo),
        ("POST", "co_groups/reconcile/3.xml", Operation::Reconcile(3)),
        ("GET", "co_people/3/erase.json", Operation::PlanErasure(3)),
        ("POST", "co_people/3/erase.xml", Operation::Erase(3)),
        ("POST", "co_provisioning_requests/3/retry.json", Operation::Retry(3)),
        (
            "POST",
            "co_provisioning_targets/provision/4/copersonid:5.json",
            Operation::Provision(vec!["4".into(), "copersonid:5".into()]),
        ),
        (
            "POST",
            "co_provisioning_targets/provision/4/copersonid%3A5.json",
            Operation::Provision(vec!["4".into(), "copersonid:5".into()]),
        ),
        ("POST", "co_provisioning_targets/provision.json", Operation::Provision(vec![])),
    ] {
        for base in ["/", "/registry/"] {
            assert_eq!(route(method, &format!("{base}{path}")), Ok(expected.clone()), "{method} {path}");
        }
    }
}

#[test]
fn everything_else_is_refused_with_its_phrase() {
    for (method, path, expected) in [
        ("GET", "/co_person_roles", "Unknown"),
        ("GET", "/co_person_roles/7", "Unknown"),
        ("DELETE", "/co_person_roles/7.txt", "Unknown"),
        ("POST", "/co_provisioning_targets/provision/4/copersonid:5", "Unknown"),
        ("GET", "/no_such_things.json", "Unknown"),
        ("GET", "/", "Unknown"),
        ("GET", "/.json", "Unknown"),
        ("GET", "/registry", "Unknown"),
        ("GET", "/registry/", "Unknown"),
        ("GET", "/registry.json", "Unknown"),
        ("GET", "/co_person_roles.json//", "Unknown"),
        ("GET", "/./co_person_roles.json", "Unknown"),
        ("GET", "/x/../co_person_roles.json", "Unknown"),
        ("GET", "/co_person_roles/7/foo.json", "Unknown"),
        ("GET", "/co_person_roles/7/.json", "Unknown"),
        ("GET", "/%ff.json", "Unknown"),
        ("GET", "/CO_PERSON_ROLES.json", "Unknown"),
        ("GET", "/co_person_roles/abc.json", "CoPersonRole Unknown"),
        ("GET", "/co_person_roles/0.json", "CoPersonRole Unknown"),
        ("GET", "/co_person_roles/-1.json", "CoPersonRole Unknown"),
        ("GET", "/co_person_roles/+1.json", "CoPersonRole Unknown"),
        ("GET", "/co_person_roles/1.5.json", "CoPersonRole Unknown"),
        ("GET", "/co_person_roles/7abc.json", "CoPersonRole Unknown"),
        ("GET", "/co_person_roles/.json", "CoPersonRole Unknown"),
        ("PUT", "/co_person_roles/99999999999999999999.json", "CoPersonRole Unknown"),
        ("PUT", "/co_provisioning_targets/abc.json", "CoProvisioningTarget Unknown"),
        ("DELETE", "/co_provisioning_targets/abc.json", "CoProvisioningTarget Not Found"),
        ("POST", "/api_users/abc/key.json", "ApiUser Unknown"),
        ("POST", "/co_provisioning_requests/abc/retry.json", "CoProvisioningRequest Unknown"),
        ("PUT", "/co_person_roles.json", "Invalid Fields [\"id\"]"),
        ("DELETE", "/co_person_roles.xml", "Invalid Fields [\"id\"]"),
        ("DELETE", "/co_person_roles/.json", "Invalid Fields [\"id\"]"),
        ("PUT", "/registry/co_provisioning_targets/.json", "Invalid Fields [\"id\"]"),
        ("PUT", "/co_provisioning_requests/.json", "405 GET, HEAD, DELETE"),
        ("PATCH", "/co_person_roles.json", "405 GET, HEAD, POST"),
        ("PATCH", "/co_person_roles/7.json", "405 GET, HEAD, PUT, DELETE"),
        ("POST", "/co_person_roles/7.json", "405 GET, HEAD, PUT, DELETE"),
        ("OPTIONS", "/co_person_roles.json", "405 GET, HEAD, POST"),
        ("FOO", "/co_provisioning_targets/7.json", "405 GET, HEAD, PUT, DELETE"),
        ("POST", "/co_provisioning_requests.json", "405 GET, HEAD"),
        ("PUT", "/co_provisioning_requests.json", "405 GET, HEAD"),
        ("DELETE", "/co_provisioning_requests.json", "Invalid Fields [\"id\"]"),
        ("GET", "/co_invites/7.json", "Unknown"),
        ("PUT", "/co_invites.json", "405 GET, HEAD, POST"),
        ("POST", "/cos/duplicate/abc.json", "CO Unknown"),
        ("GET", "/cos/duplicate/7.json", "405 POST"),
        ("GET", "/api_users/1/key.json", "405 POST"),
        ("GET", "/co_groups/reconcile.json", "405 PUT"),
        ("GET", "/co_provisioning_targets/provision/4/copersonid:5.json", "405 POST"),
    ] {
        assert_eq!(route(method, path).map_err(phrase), Err(expected.to_owned()), "{method} {path}");
    }
}

#[test]
fn methods_follow_from_the_service() {
    let history = Place::Item(Table::of::<HistoryRecord>(), "1".to_owned());
    let expected: Vec<&str> = [("View", &["GET", "HEAD"][..]), ("Edit", &["PUT"]), ("Delete", &["DELETE"])]
        .into_iter()
        .filter(|(method, _)| Table::of::<HistoryRecord>().has(method))
        .flat_map(|(_, verbs)| verbs.iter().copied())
        .collect();
    assert_eq!(history.methods(), expected);
}
