//! A simulated broker: late, twice, out of order; what it confirmed it keeps, what it did not confirm it may have lost.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use messaging::{Carrier, Message, PublishError};

use crate::sim::dice::Dice;

/// What becomes of the messages that are published next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weather {
    /// All are kept and confirmed.
    #[default]
    Fair,
    /// Some are kept, some of these are confirmed.
    Foul,
    /// It breaks down: none is confirmed, and none is kept.
    Gone,
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Changes,
    Outcomes,
}

#[derive(Debug)]
struct State {
    changes: Vec<Message>,
    outcomes: Vec<Message>,
    weather: Weather,
    dice: Dice,
}

/// The broker.
#[derive(Clone, Debug)]
pub(crate) struct Lines(Arc<Mutex<State>>);

impl Lines {
    pub(crate) fn new(seed: u64) -> Self {
        let (changes, outcomes, weather) = (Vec::new(), Vec::new(), Weather::Fair);
        Self(Arc::new(Mutex::new(State { changes, outcomes, weather, dice: Dice::new(seed) })))
    }

    pub(crate) fn becomes(&self, weather: Weather) {
        self.0.lock().unwrap().weather = weather;
    }

    pub(crate) fn is_empty(&self) -> bool {
        let state = self.0.lock().unwrap();
        state.changes.is_empty() && state.outcomes.is_empty()
    }

    /// Hands out some messages, in any order. They stay until they are acknowledged.
    pub(crate) fn hand_out(&self, way: Way, in_order: bool) -> Vec<Message> {
        let mut state = self.0.lock().unwrap();
        let State { changes, outcomes, dice, .. } = &mut *state;
        let line = if way == Way::Changes { changes } else { outcomes };
        let many = 1 + dice.place(line.len().min(12));
        let mut some: Vec<Message> = Vec::new();
        for _ in 0..many.min(line.len()) {
            let at = if in_order { some.len() } else { dice.place(line.len()) };
            // One that stands twice in a batch came twice.
            some.push(line[at].clone());
        }
        some
    }

    /// Takes messages for handled. An acknowledgement may be lost: then they come again.
    pub(crate) fn acknowledge(&self, way: Way, messages: &[Message], of_thousand_lost: u64) {
        let mut state = self.0.lock().unwrap();
        let State { changes, outcomes, dice, .. } = &mut *state;
        let line = if way == Way::Changes { changes } else { outcomes };
        for message in messages {
            if !dice.hits(of_thousand_lost)
                && let Some(at) = line.iter().position(|there| there.id == message.id)
            {
                line.remove(at);
            }
        }
    }
}

#[async_trait]
impl Carrier for Lines {
    async fn publish(&self, messages: Vec<Message>) -> Vec<Result<(), PublishError>> {
        let mut state = self.0.lock().unwrap();
        let mut results = Vec::with_capacity(messages.len());
        for message in messages {
            let (kept, confirmed) = match state.weather {
                Weather::Fair => (true, true),
                Weather::Foul => match state.dice.below(4) {
                    0 => (false, false),
                    1 => (true, false),
                    _ => (true, true),
                },
                Weather::Gone => (false, false),
            };
            let line = match message.routing_key.as_str() {
                "provisioning.outcome.2" => Some(&mut state.outcomes),
                // Wake-ups: the workers look for themselves.
                "provisioning.request" => None,
                _ => Some(&mut state.changes),
            };
            if let Some(line) = line.filter(|_| kept) {
                line.push(message);
            }
            results.push(if confirmed { Ok(()) } else { Err(PublishError::Unconfirmed) });
        }
        results
    }
}
