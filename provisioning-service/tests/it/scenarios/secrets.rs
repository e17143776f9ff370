//! Secrets at rest: sealed, bound to their rows, taken to newer keys, and never sent when they cannot be read.

use std::sync::atomic::{AtomicBool, Ordering};

use proto::{
    provisioning::v1::{CoProvisioningTarget, Mode, RequestStatus},
    record::{Value, struct_of_json},
    refusal::Refusal,
};
use provisioning_service::{
    app::{
        add_target,
        rotate_secrets::{self, Counts, Unrotated},
        secrets::Secrets,
        secrets_status,
    },
    domain::ids::TargetId,
    secrets::{Keyring, Source, new_key},
    store::data_keys,
};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::rig::{ADA, CO, Rig, changelog, fake, of_co};

/// More than are looked at before it is told how far it is.
const MANY: usize = 55;

fn with(password: &str) -> CoProvisioningTarget {
    let configuration = json!({ "Password": password });
    CoProvisioningTarget {
        configuration: Some(struct_of_json(configuration.as_object().unwrap())),
        ..fake(CO, Mode::Manual)
    }
}

/// How many targets hold a text.
async fn hold(rig: &Rig, text: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM co_provisioning_targets WHERE configuration LIKE '%{text}%'");
    rig.numbers(&sql).await[0]
}

async fn password(rig: &Rig, id: i64) -> Option<String> {
    match rig.stored(id).await.get("configuration") {
        Some(Value::Object(told)) => Some(told.get("Password")?.as_str().unwrap().to_owned()),
        _ => None,
    }
}

/// As the command line has them, or another process.
async fn keys(rig: &Rig) -> Secrets {
    let keyring = Keyring::read(Source::File(rig.key_file())).await.unwrap();
    Secrets::new(&rig.database, keyring, &rig.clock)
}

pub(crate) async fn a_secret_is_sealed_and_belongs_to_its_row(rig: Rig) {
    let me = of_co(CO);
    let one = rig.add(&me, with("planted-one")).await.unwrap();
    let other = rig.add(&me, with("planted-other")).await.unwrap();
    assert_eq!((hold(&rig, "planted").await, hold(&rig, "$sealed").await), (0, 2));
    rig.run();
    let request = rig.provision(one, "copersonid", ADA).await.unwrap();
    rig.becomes(request, RequestStatus::Succeeded).await;
    assert_eq!(rig.connector.passwords(one), ["planted-one"], "the connector has it in clear");

    let moved = format!(
        "UPDATE co_provisioning_targets SET configuration = \
         (SELECT configuration FROM co_provisioning_targets WHERE id = {one}) WHERE id = {other}"
    );
    rig.database.writer().execute_unprepared(&moved).await.unwrap();
    assert_eq!(password(&rig, other).await, None, "that of one row opens in no other");
    let request = rig.provision(other, "copersonid", ADA).await.unwrap();
    let failed = rig.becomes(request, RequestStatus::Retrying).await;
    assert!(failed.last_error().contains("The secrets of this target cannot be read"), "{failed:?}");
    assert!(rig.connector.passwords(other).is_empty(), "nothing was sent");
    rig.edit(&me, other, with("planted-anew"), &[]).await.unwrap();
    assert_eq!(password(&rig, other).await.as_deref(), Some("planted-anew"));
    rig.end().await;
}

pub(crate) async fn all_is_taken_to_the_newest_key_while_others_write_and_call(rig: Rig) {
    let me = of_co(CO);
    let mut targets = Vec::new();
    for number in 0..MANY {
        targets.push((rig.add(&me, with(&format!("planted-{number}"))).await.unwrap(), format!("planted-{number}")));
    }
    rig.add(&me, changelog(CO, json!({"LogFile": "a.log"}))).await.unwrap();
    let (old, new) = (std::fs::read_to_string(rig.key_file()).unwrap(), new_key().unwrap());
    std::fs::write(rig.key_file(), format!("{old}{new}\n")).unwrap();
    let (secrets, connectors) = (keys(&rig).await, rig.app().connectors);
    rig.run();

    // Interrupted as by a crash.
    let interrupted = tokio::spawn({
        let (secrets, connectors) = (secrets.clone(), connectors.clone());
        async move { rotate_secrets::run(&secrets, &connectors, &|counts: &Counts| panic!("enough: {counts}")).await }
    });
    assert!(interrupted.await.unwrap_err().is_panic());
    let uses = async |data_key| data_keys::uses(rig.database.reader(), data_key).await.unwrap();
    let (before, after) = (uses(1).await, uses(2).await);
    assert_eq!(before + after, i64::try_from(MANY).unwrap());
    assert!(before > 0 && after > 0, "it was interrupted in the middle: {before}, {after}");

    // Others edit and call while it goes on.
    let over = AtomicBool::new(false);
    let (_, requests, rotated) = tokio::join!(
        async {
            for (id, password) in targets.iter_mut().rev() {
                password.push_str("-edited");
                rig.edit(&me, *id, with(password), &[]).await.unwrap();
                if over.load(Ordering::SeqCst) {
                    break;
                }
            }
        },
        async {
            let mut requests = Vec::new();
            for target in before_edits(&rig).await {
                requests.push(rig.provision(target, "copersonid", ADA).await.unwrap());
            }
            requests
        },
        async {
            let rotated = rotate_secrets::run(&secrets, &connectors, &|_| ()).await.unwrap();
            over.store(true, Ordering::SeqCst);
            rotated
        },
    );
    for request in requests {
        rig.becomes(request, RequestStatus::Succeeded).await;
    }
    assert_eq!((rotated.counts.unreadable.as_slice(), rotated.counts.without), (&[][..], 1));
    assert_eq!((rotated.dropped.as_slice(), rotated.needless.len()), (&[1][..], 1), "{rotated:?}");
    assert_eq!((uses(1).await, uses(2).await), (0, i64::try_from(MANY).unwrap()));
    let again = rotate_secrets::run(&secrets, &connectors, &|_| ()).await.unwrap();
    assert_eq!((again.counts.moved, again.counts.current), (0, MANY as u64), "there is nothing left to do");

    // The old key is taken away: processes that begin now know nothing of it.
    std::fs::write(rig.key_file(), format!("{new}\n")).unwrap();
    let fresh = rig.another(crate::rig::settings()).await;
    for (id, password) in &targets {
        let row =
            provisioning_service::store::targets::find(rig.database.reader(), TargetId(*id)).await.unwrap().unwrap();
        let record = fresh.app().secrets.record(&row).await;
        let Some(Value::Object(told)) = record.get("configuration") else { panic!("{record:?}") };
        assert_eq!(told.get("Password"), Some(&json!(password)));
        assert!(rig.connector.passwords(*id).iter().all(|used| password.starts_with(used.as_str())));
    }
    rig.end().await;
}

/// The targets with secrets.
async fn before_edits(rig: &Rig) -> Vec<i64> {
    rig.numbers("SELECT id AS n FROM co_provisioning_targets WHERE plugin = 'FakeProvisioner' ORDER BY id").await
}

pub(crate) async fn without_the_key_nothing_is_sent_and_no_secret_is_kept(rig: Rig) {
    let me = of_co(CO);
    let id = rig.add(&me, with("planted")).await.unwrap();
    std::fs::write(rig.key_file(), format!("{}\n", new_key().unwrap())).unwrap();
    let stranger = rig.another(crate::rig::settings()).await;
    let refused = add_target::run(stranger.app(), &me, &with("planted"), &[]).await;
    let Err(Refusal::Unavailable(said)) = refused else { panic!("{refused:?}") };
    assert!(said.contains("lacks the key"), "{said}");
    add_target::run(stranger.app(), &me, &fake(CO, Mode::Manual), &[]).await.unwrap();
    let status = secrets_status::run(&keys(&rig).await, &stranger.app().connectors).await.unwrap();
    assert!(!status.data_keys[0].opens && status.data_keys[0].targets == 1, "{status}");

    // Whoever rotates in spite of it is told what is lost, and may go on from there.
    let rotated = rotate_secrets::run(&keys(&rig).await, &stranger.app().connectors, &|_| ()).await.unwrap();
    assert_eq!((rotated.counts.unreadable.as_slice(), rotated.dropped.len()), (&[TargetId(id)][..], 0));
    let added = add_target::run(stranger.app(), &me, &with("planted-anew"), &[]).await.unwrap().0;
    assert_eq!(hold(&rig, "planted").await, 0);
    assert!(added > TargetId(id));

    let nowhere = Secrets::new(&rig.database, Keyring::read(Source::Nowhere).await.unwrap(), &rig.clock);
    let (empty, _folder) = rig.empty_database().await;
    let empty = service_kit::database::Database::open(&empty, 2).await.unwrap();
    let service = rig.on(empty.clone()).await.unwrap();
    let api = json!({"ServerUrl": "https://a.example.org", "Mode": "POST", "IdentifierType": "eppn", "AuthType": "Bearer",
        "Token": "planted"});
    let api = CoProvisioningTarget { plugin: Some("ApiProvisioner".to_owned()), ..changelog(CO, api) };
    let refused = add_target::run(service.app(), &me, &api, &[]).await;
    let Err(Refusal::Unavailable(said)) = refused else { panic!("{refused:?}") };
    assert!(said.contains("no key to encrypt them with"), "{said}");
    let rotated = rotate_secrets::run(&nowhere, &stranger.app().connectors, &|_| ()).await;
    assert!(matches!(rotated, Err(Unrotated::NoKey(_))), "{rotated:?}");
    empty.close().await;
    rig.end().await;
}

pub(crate) async fn what_was_in_clear_is_sealed(rig: Rig) {
    let me = of_co(CO);
    let id = rig.target(CO, Mode::Manual).await;
    let clear =
        format!("UPDATE co_provisioning_targets SET configuration = '{{\"Password\":\"planted\"}}' WHERE id = {id}");
    rig.database.writer().execute_unprepared(&clear).await.unwrap();
    rig.run();
    let request = rig.provision(id, "copersonid", ADA).await.unwrap();
    rig.becomes(request, RequestStatus::Succeeded).await;
    assert_eq!(rig.connector.passwords(id), ["planted"], "what an older version kept is used");
    let (app, view) = (rig.app(), rig.view(&me, id).await.unwrap());
    assert_eq!(rotate_secrets::in_clear(&app.secrets, &app.connectors).await.unwrap(), 1);
    let counts = rotate_secrets::seal_clear(&app.secrets, &app.connectors).await.unwrap();
    assert_eq!((counts.sealed, hold(&rig, "planted").await), (1, 0));
    assert_eq!(rotate_secrets::seal_clear(&app.secrets, &app.connectors).await.unwrap(), Counts::default());
    let seen = rig.view(&me, id).await.unwrap();
    assert_eq!((seen.modified, seen.configuration), (view.modified, view.configuration), "it is no edit");
    assert_eq!(password(&rig, id).await.as_deref(), Some("planted"));
    rig.end().await;
}
