//! What the operator asks of the engine: plans, comparisons, what the guard holds, retrying all of a target; and what
//! others do to a target behind its back.

use crate::sim::{
    client::Client,
    dice::Dice,
    operator::Operator,
    services::{Services, Store},
    target::Targets,
    world::World,
};

impl Operator {
    /// Asks the engine for one thing.
    pub(crate) async fn operate(&mut self, client: &mut Client, services: &Services, dice: &mut Dice, target: i64) {
        match dice.below(10) {
            0..=2 => _ = self.release(client, services, target).await,
            3 => {
                client.ask("target.drop", Vec::new());
                let answer = services.drop_held(client.process, target).await;
                client.hear(&answer, None);
                // What was dropped stays at the target, which is not as it should be from then on.
                self.owe(target);
            }
            4..=5 => plan(services, dice, client.process, target).await,
            6..=8 => {
                let (repair, remove_extra) = (dice.hits(500), dice.hits(500));
                self.compare(client, services, target, (repair, remove_extra)).await;
            }
            _ => {
                client.ask("target.retry", Vec::new());
                let answer = services.retry_target(client.process, target).await;
                client.hear(&answer, None);
            }
        }
    }

    pub(crate) async fn release(&mut self, client: &mut Client, services: &Services, target: i64) -> bool {
        client.ask("target.release", Vec::new());
        let answer = services.release(client.process, target).await;
        client.hear(&answer, None)
    }

    /// Compares a target with the registry; gives whether that was acknowledged.
    pub(crate) async fn compare(
        &mut self,
        client: &mut Client,
        services: &Services,
        target: i64,
        mends: (bool, bool),
    ) -> bool {
        client.ask("target.compare", Vec::new());
        let answer = services.compare(client.process, target, mends).await;
        let request = answer.as_ref().ok().copied();
        client.hear(&answer, request)
    }

    /// Lets go what is held at the end; gives whether there was something.
    pub(crate) async fn release_all(&mut self, client: &mut Client, services: &Services) -> bool {
        let sql =
            "SELECT DISTINCT co_provisioning_target_id FROM provisioning_requests WHERE status = 'Held' ORDER BY 1";
        let held = services.query(Store::Provisioning, sql).await;
        for row in &held {
            self.release(client, services, row.try_get_by_index(0).unwrap()).await;
        }
        !held.is_empty()
    }
}

/// A plan tells what would be, and leaves everything as it is.
async fn plan(services: &Services, dice: &mut Dice, process: usize, target: i64) {
    let people = services.query(Store::Registry, "SELECT id, co_id FROM co_people ORDER BY id").await;
    let ids: Vec<(i64, i64)> =
        people.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect();
    let Some((person, co)) = dice.pick(&ids).copied() else { return };
    let (kind, id) = if dice.hits(500) { ("copersonid", person) } else { ("coid", co) };
    let written = "SELECT (SELECT COUNT(*) FROM provisioning_requests) + (SELECT COUNT(*) FROM outbox) + \
                   (SELECT COUNT(*) FROM target_keys)";
    let before = services.count(Store::Provisioning, written).await;
    // A person who was deleted is unknown.
    let _told = services.plan(process, target, kind, id).await;
    assert_eq!(services.count(Store::Provisioning, written).await, before, "a plan wrote something");
}

impl World {
    /// Others take away or change what a target has, or put something there.
    pub(crate) fn drift(&mut self) {
        let Some(target) = self.dice.pick(self.operator.live()).copied() else { return };
        let what = self.targets.drift(&mut self.dice, target);
        self.client.fault("drift", what);
        self.operator.drifted(target);
    }
}

impl Targets {
    fn drift(&self, dice: &mut Dice, target: i64) -> &'static str {
        let mut state = self.0.lock().unwrap();
        let keys: Vec<(i64, String)> = state.documents.keys().filter(|(of, _)| *of == target).cloned().collect();
        let ours: Vec<(i64, String)> = keys.into_iter().filter(|(_, key)| !is_foreign(key)).collect();
        match (dice.below(3), dice.pick(&ours)) {
            (0, Some(key)) => {
                state.documents.remove(key);
                "a document was deleted"
            }
            (1, Some(key)) => {
                state.documents.entry(key.clone()).and_modify(|document| document.text.push_str(" changed"));
                "a document was changed"
            }
            _ => {
                let key = format!("{FOREIGN}{}", dice.next());
                state.put_foreign(target, key);
                "something of others came"
            }
        }
    }
}

const FOREIGN: &str = "foreign-";

/// Whether a key is of what others have at a target.
pub(crate) fn is_foreign(key: &str) -> bool {
    key.starts_with(FOREIGN)
}
