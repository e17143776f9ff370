//! What the client asks of provisioning: targets, explicit requests, cancel, retry.

use std::collections::{BTreeMap, BTreeSet};

use proto::provisioning::v1::{CoProvisioningTarget, Mode};

use crate::sim::{
    client::Client,
    connector::PLUGIN,
    dice::Dice,
    services::{Services, Store},
    switches::Switches,
};

/// What the operator knows of targets and requests.
#[derive(Debug, Default)]
pub(crate) struct Operator {
    /// Targets, deleted ones too, by the number in their description.
    described: u64,
    names: BTreeMap<i64, u64>,
    live: Vec<i64>,
    disabled: Vec<i64>,
    /// Targets that have to be provisioned whole: they were added, or are there again.
    whole: Vec<i64>,
    /// Requests that were accepted, and the target of those for the whole of it.
    requests: Vec<(i64, Option<i64>)>,
    /// Targets that others have changed.
    drifted: BTreeSet<i64>,
    /// Whether targets are guarded closely.
    pub(crate) guards: bool,
}

impl Operator {
    pub(crate) async fn add_target(&mut self, client: &mut Client, services: &Services) {
        self.described += 1;
        let target = self.target_of(client.co, self.described, Mode::Automatic);
        client.ask("target.add", Vec::new());
        let answer = services.add_target(client.process, target).await;
        client.hear(&answer, None);
        if let Ok(id) = answer {
            self.names.insert(id, self.described);
            self.live.push(id);
            self.whole.push(id);
        }
    }

    /// Provisions a target whole that was added or is there again; gives whether there was one.
    pub(crate) async fn make_whole(&mut self, client: &mut Client, services: &Services) -> bool {
        let Some(target) = self.whole.first().copied() else { return false };
        if self.provision(client, services, target, "coid", client.co).await || !self.live.contains(&target) {
            self.whole.remove(0);
        }
        true
    }

    async fn provision(&mut self, client: &mut Client, services: &Services, target: i64, kind: &str, id: i64) -> bool {
        client.ask(&format!("provision.{kind}"), Vec::new());
        let answer = services.provision(client.process, target, kind, id).await;
        let request = answer.as_ref().ok().copied();
        let acknowledged = client.hear(&answer, request);
        self.requests.extend(request.map(|request| (request, (kind == "coid").then_some(target))));
        acknowledged
    }

    /// Asks for one thing.
    pub(crate) async fn ask(&mut self, client: &mut Client, services: &Services, dice: &mut Dice, may: &Switches) {
        client.process = dice.place(services.provisioners.len());
        if dice.hits(700) && self.make_whole(client, services).await {
            return;
        }
        let Some(target) = dice.pick(&self.live).copied() else { return };
        if may.engine && dice.hits(300) {
            return self.operate(client, services, dice, target).await;
        }
        match dice.below(20) {
            0 if may.adding && self.live.len() < 3 => self.add_target(client, services).await,
            1 if may.adding && self.live.len() > 1 => {
                client.ask("target.delete", Vec::new());
                let answer = services.delete_target(client.process, target).await;
                client.hear(&answer, None);
                self.live.retain(|live| *live != target || answer.is_err());
            }
            2..=3 if may.disabling => self.switch(client, services, target).await,
            4..=8 => {
                let people = "SELECT id FROM co_people WHERE NOT deleted ORDER BY id";
                self.provision_one(client, services, dice, target, ("copersonid", people)).await;
            }
            9..=10 => {
                let groups = "SELECT id FROM co_groups WHERE NOT deleted ORDER BY id";
                self.provision_one(client, services, dice, target, ("cogroupid", groups)).await;
            }
            11..=12 if !may.many => {}
            11 => {
                self.provision_one(client, services, dice, target, ("couid", "SELECT id FROM cous ORDER BY id")).await
            }
            12 => _ = self.provision(client, services, target, "coid", client.co).await,
            13..=16 if may.canceling => {
                // What was asked for just now is still waiting, perhaps.
                let recent = self.requests.len().saturating_sub(3);
                let Some((request, whole)) = dice.pick(&self.requests[recent..]).copied() else { return };
                client.ask("request.cancel", Vec::new());
                let answer = services.cancel(client.process, request).await;
                client.hear(&answer, None);
                // The whole of a target is owed to it still; it may have been canceled without an answer.
                self.whole.extend(whole.filter(|target| !self.whole.contains(target)));
            }
            _ => {
                let failed = "SELECT id FROM provisioning_requests WHERE status = 'Failed' ORDER BY id";
                let rows = services.query(Store::Provisioning, failed).await;
                let ids: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
                if let Some(id) = dice.pick(&ids) {
                    client.retry(services, *id).await;
                }
            }
        }
    }

    async fn provision_one(
        &mut self,
        client: &mut Client,
        services: &Services,
        dice: &mut Dice,
        target: i64,
        (kind, sql): (&str, &str),
    ) {
        let rows = services.query(Store::Registry, sql).await;
        let ids: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        if let Some(id) = dice.pick(&ids) {
            self.provision(client, services, target, kind, *id).await;
        }
    }

    /// Disables a target, or enables it again.
    async fn switch(&mut self, client: &mut Client, services: &Services, target: i64) {
        let enable = self.disabled.contains(&target);
        let mode = if enable { Mode::Automatic } else { Mode::Disabled };
        client.ask(if enable { "target.enable" } else { "target.disable" }, Vec::new());
        let described = self.names.get(&target).copied().unwrap_or_default();
        let edited = CoProvisioningTarget { id: Some(target), ..self.target_of(client.co, described, mode) };
        let answer = services.edit_target(client.process, edited).await;
        client.hear(&answer, None);
        if answer.is_ok() {
            self.disabled.retain(|disabled| *disabled != target);
            if enable {
                self.whole.push(target);
            } else {
                self.disabled.push(target);
            }
        }
    }

    /// Enables what is disabled and provisions what has to be whole: nothing is left undone.
    pub(crate) async fn tidy(&mut self, client: &mut Client, services: &Services) {
        for target in self.disabled.clone() {
            self.switch(client, services, target).await;
        }
        while self.make_whole(client, services).await {}
        for target in std::mem::take(&mut self.drifted) {
            if self.live.contains(&target) {
                self.compare(client, services, target, (true, true)).await;
            }
        }
    }

    /// A target is to be provisioned whole.
    pub(crate) fn owe(&mut self, target: i64) {
        self.whole.push(target);
    }

    /// Others have changed a target.
    pub(crate) fn drifted(&mut self, target: i64) {
        self.drifted.insert(target);
    }

    /// The numbers in the descriptions of the targets, by their ids.
    pub(crate) fn names(&self) -> &BTreeMap<i64, u64> {
        &self.names
    }

    /// The targets that are there.
    pub(crate) fn live(&self) -> &[i64] {
        &self.live
    }
}

impl Operator {
    fn target_of(&self, co: i64, described: u64, mode: Mode) -> CoProvisioningTarget {
        CoProvisioningTarget {
            co_id: Some(co),
            description: Some(format!("t{described}")),
            plugin: Some(PLUGIN.to_owned()),
            status: Some(mode.into()),
            retry_interval: Some(5),
            max_retry: Some(3),
            guard_share: self.guards.then_some(0),
            guard_count: self.guards.then_some(1),
            guard_window: self.guards.then_some(30),
            ..CoProvisioningTarget::default()
        }
    }
}
