//! How a run comes to rest: without faults, everybody works until nothing is left to do.

use crate::sim::{broker::Way, services::Store, world::World};

impl World {
    /// No more faults: everybody works until nothing is left to do.
    pub(crate) async fn come_to_rest(&mut self) {
        self.targets.0.lock().unwrap().faults = 0;
        for worker in &mut self.workers {
            worker.asleep_until = None;
        }
        self.operator.tidy(&mut self.client, &self.services).await;
        self.client.tidy(&self.services).await;
        let mut quiet = 0;
        for _ in 0..300 {
            // The longer nothing happens, the faster time passes.
            self.time_passes(if quiet > 3 { 5000 } else { 1000 }).await;
            let busy = self.round().await
                || self.client.retry_failed(&self.services).await > 0
                || self.operator.release_all(&mut self.client, &self.services).await;
            quiet = if busy { 0 } else { quiet + 1 };
            // Longer than any date that was set lies ahead, and than any effect may be late.
            if quiet > 25 {
                return;
            }
        }
    }

    /// Everybody does what there is to do; gives whether there was something.
    async fn round(&mut self) -> bool {
        for process in 0..self.services.registries.len() {
            self.services.sweep(process).await.unwrap();
        }
        self.services.settle(0).await.unwrap();
        for store in [Store::Registry, Store::Provisioning] {
            while self.services.count(store, "SELECT COUNT(*) FROM outbox").await > 0 {
                self.services.relay(store, 0).await.unwrap();
            }
        }
        while !self.lines.is_empty() {
            for way in [Way::Changes, Way::Outcomes] {
                let mail = self.lines.hand_out(way, true);
                if mail.is_empty() {
                    continue;
                }
                match way {
                    Way::Changes => self.services.take_changes(0, &mail).await.unwrap(),
                    Way::Outcomes => self.services.record_history(0, &mail).await.unwrap(),
                }
                self.lines.acknowledge(way, &mail, 0);
            }
        }
        for place in 0..self.workers.len() {
            let app = self.services.provisioner(place, place);
            let memory = &mut self.workers[place].memory;
            memory.take_over(&app, 100).await.unwrap();
            memory.claim(&app, 100).await.unwrap();
            memory.load(&app).await;
            while memory.has_loaded() > 0 {
                memory.call(&app, &self.targets, 0).await;
            }
            for _ in 0..1000 {
                if self.workers.iter().all(|worker| worker.memory.calls().is_empty()) {
                    break;
                }
                self.targets_go_on().await;
                self.workers[place].memory.go_on(&app, &self.targets).await;
            }
            self.workers[place].memory.record(&app).await.unwrap();
        }
        self.targets_go_on().await;
        let waiting = "SELECT COUNT(*) FROM provisioning_requests WHERE status IN ('Queued', 'Retrying', 'Running')";
        self.services.count(Store::Provisioning, waiting).await > 0
            || !self.targets.is_quiet()
            || self.workers.iter().any(|worker| !worker.memory.is_empty())
    }
}
