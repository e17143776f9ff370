//! What a client does with provisioning requests.

use rand::seq::IndexedRandom;
use reqwest::Method;

use super::Client;
use crate::proof::journal::End;

impl Client {
    pub(super) async fn provision(&mut self, at: usize) {
        self.load.begin();
        let Some(person) = self.subjects.get(at).map(|subject| subject.person) else { return };
        self.ask_for("provision.person", &format!("copersonid:{person}")).await;
    }

    /// Asks what would be sent: nothing is, or a target would tell of a call that nobody made.
    pub(super) async fn plan(&mut self, at: usize) {
        self.load.begin();
        let Some(person) = self.subjects.get(at).map(|subject| subject.person) else { return };
        let Some(target) = self.load.place.targets.choose(&mut self.random) else { return };
        let path = format!("co_provisioning_targets/plan/{target}/copersonid:{person}.json");
        self.load.api.ask("target.plan", Vec::new(), Method::POST, &path, None).await;
    }

    pub(super) async fn provision_many(&mut self) {
        self.load.begin();
        if self.below(4) == 0 {
            let co = self.load.place.co;
            self.ask_for("provision.co", &format!("coid:{co}")).await;
        } else {
            let cou = self.cou();
            self.ask_for("provision.cou", &format!("couid:{cou}")).await;
        }
    }

    async fn ask_for(&mut self, name: &str, subject: &str) {
        let Some(target) = self.load.place.targets.choose(&mut self.random) else { return };
        let path = format!("co_provisioning_targets/provision/{target}/{subject}.json");
        if let (End::Ok, Some(request)) = self.load.api.ask(name, Vec::new(), Method::POST, &path, None).await {
            self.requests.push(request);
        }
    }

    pub(super) async fn cancel_or_retry(&mut self) {
        let Some(request) = self.requests.pop() else { return };
        self.load.begin();
        let path = format!("co_provisioning_requests/{request}");
        if self.below(2) == 0 {
            self.load.api.ask("request.cancel", Vec::new(), Method::DELETE, &format!("{path}.json"), None).await;
        } else {
            self.load.api.ask("request.retry", Vec::new(), Method::POST, &format!("{path}/retry.json"), None).await;
        }
    }
}
