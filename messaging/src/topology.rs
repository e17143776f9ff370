//! The one table of exchanges, queues and bindings. Everything in it is durable.
//!
//! Both brokers route by it: RabbitMQ after it has been declared there, the in-process broker directly.
//!
//! What a queue carries is a contract. Where release 0.1 reads less than is sent now, the queue and its routing keys have a
//! version, and what release 0.1 sends has a queue as before: each release gets only what it understands, in whatever order
//! processes are upgraded.

/// Is the topic exchange that everything is published to.
pub const EXCHANGE: &str = "cohort.registry";
/// Is the fanout exchange for messages that can never be handled.
pub const DEAD_LETTER_EXCHANGE: &str = "cohort.dead";
/// Is the queue where dead letters wait for a person.
pub const DEAD_LETTER_QUEUE: &str = "cohort.dead-letters";

/// Is a queue of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Brings the changes of the registry to the provisioning service.
    ProvisioningChanges,
    /// Brings provisioning requests to the workers.
    ProvisioningRequests,
    /// Brings the outcomes of provisioning back to the registry.
    RegistryOutcomes,
    /// Brings the changes that release 0.1 tells of.
    FormerChanges,
    /// Brings the outcomes that release 0.1 tells of.
    FormerOutcomes,
}

impl Queue {
    /// Lists all queues.
    pub const ALL: [Self; 5] = [
        Self::ProvisioningChanges,
        Self::ProvisioningRequests,
        Self::RegistryOutcomes,
        Self::FormerChanges,
        Self::FormerOutcomes,
    ];

    /// Names the queue at the broker.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProvisioningChanges => "cohort.provisioning.changes.2",
            Self::ProvisioningRequests => "cohort.provisioning.requests",
            Self::RegistryOutcomes => "cohort.registry.outcomes.2",
            Self::FormerChanges => "cohort.provisioning.changes",
            Self::FormerOutcomes => "cohort.registry.outcomes",
        }
    }

    /// Lists the routing keys the queue is bound to; `*` stands for exactly one word. `#` is not used.
    pub const fn bindings(self) -> &'static [&'static str] {
        match self {
            Self::ProvisioningChanges => {
                &["co_person.*.2", "co_group.*.2", "co_email_list.*.2", "co_service.*.2", "co.deleted.2"]
            }
            Self::ProvisioningRequests => &["provisioning.request"],
            Self::RegistryOutcomes => &["provisioning.outcome.2"],
            Self::FormerChanges => &["co_person.*", "co_group.*", "co_email_list.*", "co_service.*", "co.deleted"],
            Self::FormerOutcomes => &["provisioning.outcome"],
        }
    }
}

/// Finds the queues a routing key leads to.
pub(crate) fn route(routing_key: &str) -> impl Iterator<Item = Queue> {
    Queue::ALL.into_iter().filter(move |queue| queue.bindings().iter().any(|pattern| matches(pattern, routing_key)))
}

fn matches(pattern: &str, routing_key: &str) -> bool {
    let mut words = routing_key.split('.');
    pattern.split('.').all(|wanted| words.next().is_some_and(|word| wanted == "*" || wanted == word))
        && words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(routing_key: &str) -> Vec<Queue> {
        route(routing_key).collect()
    }

    #[test]
    fn a_star_stands_for_exactly_one_word() {
        assert_eq!(routed("co_person.updated.2"), [Queue::ProvisioningChanges]);
        assert_eq!(routed("co_person.updated"), [Queue::FormerChanges]);
        assert_eq!(routed("co_person"), []);
        assert_eq!(routed("co_person.updated.twice"), []);
        assert_eq!(routed("co_people.updated.2"), []);
    }

    #[test]
    fn a_key_without_star_is_taken_literally() {
        assert_eq!(routed("co.deleted.2"), [Queue::ProvisioningChanges]);
        assert_eq!(routed("co.updated.2"), []);
        assert_eq!(routed("provisioning.request"), [Queue::ProvisioningRequests]);
        assert_eq!(routed("provisioning.outcome.2"), [Queue::RegistryOutcomes]);
    }

    #[test]
    fn what_the_first_release_sends_has_queues_of_its_own() {
        assert_eq!(routed("co_group.added"), [Queue::FormerChanges]);
        assert_eq!(routed("co.deleted"), [Queue::FormerChanges]);
        assert_eq!(routed("provisioning.outcome"), [Queue::FormerOutcomes]);
    }

    #[test]
    fn no_binding_uses_the_hash_that_matching_does_not_know() {
        assert!(Queue::ALL.iter().flat_map(|queue| queue.bindings()).all(|pattern| !pattern.contains('#')));
    }
}
