//! Two COs, two users: every operation of every resource, as the running server describes them.
//!
//! What belongs to another CO is answered exactly as what is not there (D9), by each operation, wherever it can name a record:
//! in the path, in the subject, in a filter, now, at a time, of a deleted record; no list shows it, and nothing of it changes.
//! References to it are refused. Nothing here names a resource that could be forgotten: operations, parameters and examples
//! come from `/openapi.json`, references from the tables.

use reqwest::Method;
use serde_json::Value as Json;
use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
};

mod call;
pub(crate) mod description;
pub(crate) mod place;

use call::{Call, normal};
use description::{Operation, Slot};
use place::Place;

/// An id that nothing has.
const UNKNOWN: i64 = 999_999_999;

pub(crate) async fn nobody_sees_or_changes_what_is_of_another_co(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let platform = deployment.client();
    let root = Client::new(&deployment.root_url(), &deployment.username, &deployment.key);
    let operations = Operation::all(&root.get("/openapi.json").await.expect_status(200).json());
    let kestrel = Place::make(&platform, &operations, "kestrel").await;
    let osprey = Place::make(&platform, &operations, "osprey").await;
    let both = [(&kestrel, &osprey), (&osprey, &kestrel)];
    let before = (kestrel.everything(&platform).await, osprey.everything(&platform).await);
    for (mine, other) in both {
        let pass = Pass { platform: &platform, operations: &operations, mine, other };
        pass.what_is_named(&now()).await;
        pass.what_is_listed().await;
    }
    let after = (kestrel.everything(&platform).await, osprey.everything(&platform).await);
    for (before, after) in [(&before.0, &after.0), (&before.1, &after.1)] {
        for (what, records) in before {
            assert_eq!(records, &after[what], "{what} has changed");
        }
    }
    for (mine, other) in both {
        let pass = Pass { platform: &platform, operations: &operations, mine, other };
        pass.events().await;
        pass.what_is_ones_own().await;
    }
    let then = now();
    for place in [&kestrel, &osprey] {
        place.take_away().await;
    }
    for (mine, other) in both {
        Pass { platform: &platform, operations: &operations, mine, other }.what_is_named(&then).await;
    }
}

/// The user of one CO and the records of the other.
struct Pass<'a> {
    platform: &'a Client,
    operations: &'a [Operation],
    mine: &'a Place,
    other: &'a Place,
}

impl Pass<'_> {
    fn call(&self, operation: &Operation, odd: Option<(&Slot, i64)>, how: (&str, &[(&str, &str)])) -> Option<Call> {
        Call::of(operation, &self.mine.ids, self.mine.marker, odd, how)
    }

    /// Names records of the other CO and records that are not there, everywhere, now and at a time, and compares the answers.
    async fn what_is_named(&self, time: &str) {
        let mut compared = 0;
        for operation in self.operations {
            for slot in operation.slots() {
                let foreign = self.other.ids[slot.resource()];
                let mut ways: Vec<(&str, Vec<(&str, &str)>)> = vec![(".json", vec![]), (".xml", vec![])];
                if operation.takes("as_of") {
                    ways.push((".json", vec![("as_of", time)]));
                }
                for (format, further) in ways {
                    let Some(call) = self.call(operation, Some((&slot, foreign)), (format, &further)) else { continue };
                    match slot {
                        Slot::Field(..) | Slot::Person(..) => self.assert_refused(&call).await,
                        Slot::Id(_) | Slot::Subject(..) | Slot::Query(..) => {
                            let unknown = self.call(operation, Some((&slot, UNKNOWN)), (format, &further));
                            self.assert_unknown(&call, &unknown.unwrap(), foreign).await;
                        }
                    }
                    compared += 1;
                }
            }
        }
        assert!(compared > 500, "{compared}");
    }

    /// A record of the other CO is answered as one that is not there; with a condition, too.
    async fn assert_unknown(&self, foreign: &Call, unknown: &Call, id: i64) {
        let mut pairs = vec![(foreign.clone(), unknown.clone(), None)];
        match foreign.method {
            Method::GET => pairs.push((foreign.by(Method::HEAD), unknown.by(Method::HEAD), None)),
            Method::PUT | Method::DELETE => pairs.push((foreign.clone(), unknown.clone(), Some(("If-Match", "*")))),
            _ => {}
        }
        for (foreign, unknown, header) in pairs {
            let answer = foreign.send(&self.mine.user, header.as_slice()).await;
            let expected = unknown.send(&self.mine.user, header.as_slice()).await;
            assert!((400..500).contains(&answer.status), "{foreign:?}: {} {}", answer.status, answer.text());
            let ids = [id, UNKNOWN];
            assert_eq!(normal(&answer, &ids), normal(&expected, &ids), "{foreign:?}");
        }
    }

    /// A reference to a record of the other CO is refused without a word about it.
    async fn assert_refused(&self, call: &Call) {
        let answer = call.send(&self.mine.user, &[]).await;
        assert!((400..500).contains(&answer.status), "{call:?}: {} {}", answer.status, answer.text());
        assert!(!answer.text().contains(self.other.marker), "{call:?}: {}", answer.text());
    }

    /// Lists everything in every way, also by what records of the other CO hold: none of them is there.
    async fn what_is_listed(&self) {
        let now = now();
        let lists = self.operations.iter().filter(|operation| {
            operation.method == Method::GET && operation.is_standard() && operation.path.matches('/').count() == 1
        });
        for operation in lists.filter(|operation| operation.table.is_some_and(|table| table.has("List"))) {
            let table = operation.table.unwrap();
            let theirs = self.other.listed(self.platform, table).await[&table.plural].as_array().unwrap().clone();
            let mut ways: Vec<Vec<(&str, String)>> = vec![vec![], vec![("limit", "1000".to_owned())]];
            for parameter in operation.query.iter().filter(|parameter| !matches!(&*parameter.name, "limit" | "after")) {
                let name = parameter.name.as_str();
                let field = table.fields.iter().find(|field| field.options.filter == name);
                let held = field.iter().flat_map(|field| theirs.iter().map(|record| &record[&field.wire]));
                let held = held.filter_map(|value| {
                    value.as_str().map_or_else(|| value.as_i64().map(|n| n.to_string()), |text| Some(text.to_owned()))
                });
                let mut values: Vec<String> = if name == "as_of" { vec![now.clone()] } else { held.collect() };
                values.push(self.other.marker.to_owned());
                values.sort();
                values.dedup();
                ways.extend(values.into_iter().map(|value| vec![(name, value)]));
            }
            for way in ways {
                let further: Vec<(&str, &str)> = way.iter().map(|(name, value)| (*name, value.as_str())).collect();
                for format in [".json", ".xml"] {
                    let call = self.call(operation, None, (format, &further)).unwrap();
                    let answer = call.send(&self.mine.user, &[]).await;
                    assert!(answer.status < 500, "{call:?}");
                    let shown = answer.status == 200;
                    assert!(!(shown && answer.text().contains(self.other.marker)), "{call:?}: {}", answer.text());
                    if shown && format == ".json" {
                        assert_none_of(&theirs, &answer.json()[&table.plural], &call);
                    }
                }
            }
        }
    }

    /// Reads all events from the first one on: none is of the other CO.
    async fn events(&self) {
        for operation in self.operations.iter().filter(|operation| operation.streams) {
            self.mine.provision().await;
            let call = self.call(operation, None, (".json", &[])).unwrap();
            let request = self.mine.user.request(call.method.clone(), &call.path).header("Last-Event-ID", "0");
            let mut stream = request.send().await.unwrap();
            assert_eq!(stream.status(), 200);
            let (mine, theirs) =
                (format!("\"CoId\":{},", self.mine.ids["Co"]), format!("\"CoId\":{},", self.other.ids["Co"]));
            let mut text = String::new();
            let outcomes = |text: &str| {
                text.split("\n\n").filter(|event| event.contains("event: outcome") && event.contains(&mine)).count()
            };
            // Both COs have had theirs by now.
            while outcomes(&text) < 2 {
                let piece = tokio::time::timeout(crate::PATIENCE, stream.chunk()).await.expect("events come");
                text.push_str(&String::from_utf8_lossy(&piece.unwrap().expect("the stream goes on")));
            }
            assert!(!text.contains(&theirs), "{text}");
        }
    }

    /// Every request that was refused is found with the records of one's own CO: so it was the other CO that was refused.
    async fn what_is_ones_own(&self) {
        let mut skipped = Vec::new();
        for operation in
            self.operations.iter().filter(|operation| operation.method != Method::DELETE && !operation.streams)
        {
            // That ends what the others ask for, as DELETE does.
            if operation.id.starts_with("erase") {
                continue;
            }
            let mut slots: Vec<Option<Slot>> = operation.slots().into_iter().map(Some).collect();
            slots.insert(0, None);
            for slot in &slots {
                let odd = slot.as_ref().map(|slot| (slot, self.mine.ids[slot.resource()]));
                let Some(call) = self.call(operation, odd, (".json", &[])) else {
                    skipped.push(operation.id.clone());
                    break;
                };
                let answer = call.send(&self.mine.user, &[]).await;
                let of_platform =
                    operation.table.is_some_and(|table| table.path == "cos") && operation.method != Method::GET;
                let status = answer.status;
                let found = if of_platform { status == 401 } else { !matches!(status, 401 | 404 | 500..) };
                assert!(found, "{call:?}: {status} {}", answer.text());
                let refused = operation.method == Method::GET && operation.is_standard() && status != 200;
                assert!(!refused, "{call:?}: {status} {}", answer.text());
            }
        }
        // It asks for a secret that was mailed.
        assert_eq!(skipped, ["replyCoInvite"]);
    }
}

fn assert_none_of(theirs: &[Json], shown: &Json, call: &Call) {
    let ids: Vec<&Json> = theirs.iter().map(|record| &record["Id"]).collect();
    for record in shown.as_array().unwrap() {
        assert!(!ids.contains(&&record["Id"]), "{call:?}: {record}");
    }
}

/// The present second.
#[expect(clippy::disallowed_methods, reason = "the server's time is the machine's")]
fn now() -> String {
    chrono::Utc::now().format("%Y-%m-%d %H:%M:%S").to_string()
}
