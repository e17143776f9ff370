//! Least privilege (D61): every operation of every resource with each scope. What is expected is said here anew, by paths and
//! verbs, and not by the table that the gateway asks.

use gateway::{address::Address, routes::Place};
use proto::table::Table;

use crate::{
    client::{login, send},
    fake::House,
};

/// What somebody does with an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Sees,
    Changes,
    Provisions,
}

struct Asked {
    resource: String,
    verb: &'static str,
    path: String,
    does: Does,
    /// It is about all targets at once.
    all: bool,
}

/// Every operation that there is: those of the tables, and the others by their paths.
fn operations() -> Vec<Asked> {
    let mut all = Vec::new();
    let mut ask = |resource: &str, verb, path: &str, does, of_all| {
        all.push(Asked { resource: resource.to_owned(), verb, path: path.to_owned(), does, all: of_all });
    };
    for table in Table::all() {
        for rest in ["", "/7", "/7/versions"] {
            let path = format!("/{}{rest}.json", table.path);
            let Ok(place) = Place::of(&Address::of(&path)) else { continue };
            for verb in place.methods().into_iter().filter(|verb| *verb != "HEAD") {
                let does = match (table.path.as_str(), verb) {
                    ("co_invites", _) => Does::Changes,
                    ("co_provisioning_requests", "DELETE") => Does::Provisions,
                    (_, "GET") => Does::Sees,
                    _ => Does::Changes,
                };
                ask(&table.path, verb, &path, does, rest.is_empty());
            }
        }
    }
    ask("api_users", "POST", "/api_users/7/key.json", Does::Changes, false);
    ask("identifiers", "POST", "/identifiers/assign.json", Does::Changes, false);
    ask("cos", "POST", "/cos/duplicate/7.json", Does::Changes, false);
    ask("co_groups", "PUT", "/co_groups/reconcile.json?coid=2", Does::Changes, false);
    ask("co_groups", "POST", "/co_groups/reconcile/7.json", Does::Changes, false);
    let provision = "/co_provisioning_targets/provision/7/copersonid:5.json";
    ask("co_provisioning_targets", "POST", provision, Does::Provisions, false);
    ask("co_provisioning_requests", "POST", "/co_provisioning_requests/7/retry.json", Does::Provisions, false);
    let of_target = |rest: &str| format!("/co_provisioning_targets/7/{rest}.json");
    ask("co_provisioning_targets", "GET", &of_target("explain/copersonid:5"), Does::Sees, false);
    for action in ["release", "drop", "retry", "compare"] {
        ask("co_provisioning_targets", "POST", &of_target(action), Does::Provisions, false);
    }
    let plan = "/co_provisioning_targets/plan/7/copersonid:5.json";
    ask("co_provisioning_targets", "POST", plan, Does::Provisions, false);
    ask("co_provisioning_requests", "GET", "/co_provisioning_requests/7/differences.json", Does::Sees, false);
    all
}

/// Whether it shows personal data beside what it is for: one scope is not enough for that.
fn takes_two(asked: &Asked) -> bool {
    asked.resource == "co_provisioning_targets" && asked.path.contains("/plan/")
}

/// Whether it tells of people, whatever it is called: to see its resource is not enough for that.
fn tells_of_people(asked: &Asked) -> bool {
    asked.path.contains("/explain/") || asked.path.contains("/differences")
}

fn allowed(scope: &str, asked: &Asked) -> bool {
    if takes_two(asked) {
        return false;
    }
    if tells_of_people(asked) {
        return scope == "read";
    }
    let of_requests = asked.resource == "co_provisioning_requests";
    match (scope, scope.split_once(':')) {
        ("read", _) => asked.does == Does::Sees && asked.resource != "audit_records",
        ("write", _) => asked.does == Does::Changes && asked.resource != "api_users",
        ("keys", _) => asked.resource == "api_users",
        ("audit", _) => asked.resource == "audit_records",
        ("provision", _) => asked.does == Does::Provisions || (of_requests && asked.does == Does::Sees),
        // Which target it is, only the service knows.
        (_, Some(("provision", _))) => {
            asked.does == Does::Provisions || (of_requests && asked.does == Does::Sees && !asked.all)
        }
        (_, Some((path, "read"))) => asked.resource == path && asked.does == Does::Sees,
        (_, Some((path, "write"))) => {
            asked.resource == path && (asked.does == Does::Changes || (of_requests && asked.does == Does::Provisions))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_every_resource_with_each_scope() {
    let house = House::with(|settings| settings.auth.cache_seconds = 0);
    let operations = operations();
    assert!(operations.len() > 120, "{}", operations.len());
    let (mut yes, mut no) = (0, 0);
    for asked in &operations {
        let own = [format!("{}:read", asked.resource), format!("{}:write", asked.resource)];
        let scopes = ["read", "write", "provision", "provision:5", "keys", "audit", "cous:read", "cous:write"];
        for scope in scopes.into_iter().map(str::to_owned).chain(own) {
            *house.fake.0.scopes.lock().unwrap() = vec![scope.clone()];
            let answer = send(house.address, asked.verb, &asked.path, &login("root", "key"), b"").await;
            let expected = allowed(&scope, asked);
            let said = (asked.verb, asked.path.as_str(), scope.as_str());
            assert_eq!(answer.status != 401, expected, "{said:?}: {answer:?}");
            if expected {
                yes += 1;
            } else {
                no += 1;
                assert_eq!(answer.line(), (401, "Unauthorized"));
                assert_eq!(answer.header("WWW-Authenticate"), None, "logging in again does not help");
            }
        }
    }
    assert!(yes > 200 && no > 800, "{yes} {no}");
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_are_shown_in_plans_with_two_scopes() {
    let house = House::with(|settings| settings.auth.cache_seconds = 0);
    let two: Vec<Asked> = operations().into_iter().filter(takes_two).collect();
    assert_eq!(two.len(), 1);
    for asked in two {
        *house.fake.0.scopes.lock().unwrap() = ["provision", "read"].map(str::to_owned).to_vec();
        let answer = send(house.address, asked.verb, &asked.path, &login("root", "key"), b"").await;
        assert_ne!(answer.status, 401, "{} {}", asked.verb, asked.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_reaches_no_service_and_is_said_after_the_path() {
    let house = House::open();
    *house.fake.0.scopes.lock().unwrap() = vec!["read".to_owned()];
    assert_eq!(house.ask("DELETE", "/co_person_roles/7.json", "").await.line(), (401, "Unauthorized"));
    assert_eq!(house.ask("DELETE", "/co_person_roles/x.json", "").await.status, 404);
    assert_eq!(house.ask("PATCH", "/co_person_roles/7.json", "").await.status, 405);
    assert_eq!(house.asked(), []);
    assert_eq!(house.ask("GET", "/co_person_roles.json", "").await.status, 200);
}
