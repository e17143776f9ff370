//! Natural batching: while one piece of work is under way, what arrives waits for the next one, which takes all of it.
//!
//! Under load the fixed price of a piece of work (a call, a transaction) is paid once for many; who comes alone is worked on
//! at once, because nothing waits for a clock; only where rounds are to be large ([`Batch::in_rounds`]) who was answered is waited for. Guarantee: everything that was handed in is worked on in the order in which
//! it came, unless nobody waits for it any more when its turn comes; what has begun is finished even then. Failure: work that
//! panics leaves those who wait with [`Lost`], and the next ones go on.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, oneshot},
    time::timeout,
};
use tracing::{Instrument as _, Span};

/// The work ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the work ended before it was done")]
pub struct Lost;

/// How long who is no crowd waits for the work under way; then other work begins beside it, if there may be more. A connection
/// that is dead without saying so holds up nobody but those who are on it.
const OVERDUE: Duration = Duration::from_secs(1);

/// After a piece of work for so many, those who were answered are waited for: most of them ask again at once.
const SEVERAL: usize = 4;

/// How long they are waited for at most.
const RETURN: Duration = Duration::from_millis(2);

type Work<T, R> = dyn Fn(Vec<T>) -> Pin<Box<dyn Future<Output = Vec<R>> + Send>> + Send + Sync;

/// Gathers items of one kind for work that takes many at once.
pub struct Batch<T, R>(Arc<Inner<T, R>>);

struct Inner<T, R> {
    name: &'static str,
    most: usize,
    flights: usize,
    /// How many wait before a piece of work begins beside another.
    crowd: usize,
    /// How long those who were answered are waited for, if they were several.
    pause: Option<Duration>,
    work: Box<Work<T, R>>,
    state: Mutex<State<T, R>>,
    /// As many wait as were waited for.
    gathered: Notify,
}

struct State<T, R> {
    waiting: VecDeque<Waiting<T, R>>,
    flying: usize,
    /// How many shall wait before who gathers takes them; none: nobody gathers.
    expected: Option<usize>,
}

struct Waiting<T, R> {
    item: T,
    span: Span,
    answer: oneshot::Sender<R>,
}

impl<T: Send + 'static, R: Send + 'static> Batch<T, R> {
    /// A batch by the name of its span. At most `most` items are taken at once, and at most `flights` pieces of work are
    /// under way; `work` answers each item, in their order.
    pub fn new<F>(
        name: &'static str,
        most: usize,
        flights: usize,
        work: impl Fn(Vec<T>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Vec<R>> + Send + 'static,
    {
        Self::in_crowds(name, most, (flights, 1), work)
    }

    /// The same, whose pieces of work begin beside another one only when so many wait; else they wait for that one, for a second.
    pub fn in_crowds<F>(
        name: &'static str,
        most: usize,
        (flights, crowd): (usize, usize),
        work: impl Fn(Vec<T>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Vec<R>> + Send + 'static,
    {
        Self::of(name, most, (flights, crowd), None, work)
    }

    /// The same, for those who ask again as soon as they are answered: after work for several it waits for a moment until they
    /// have, so that rounds are large.
    pub fn in_rounds<F>(
        name: &'static str,
        most: usize,
        crowds: (usize, usize),
        work: impl Fn(Vec<T>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Vec<R>> + Send + 'static,
    {
        Self::of(name, most, crowds, Some(RETURN), work)
    }

    fn of<F>(
        name: &'static str,
        most: usize,
        (flights, crowd): (usize, usize),
        pause: Option<Duration>,
        work: impl Fn(Vec<T>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Vec<R>> + Send + 'static,
    {
        Self(Arc::new(Inner {
            name,
            most: most.max(1),
            flights: flights.max(1),
            crowd: crowd.max(1),
            pause,
            work: Box::new(move |items| Box::pin(work(items))),
            state: Mutex::new(State { waiting: VecDeque::new(), flying: 0, expected: None }),
            gathered: Notify::new(),
        }))
    }

    /// Hands an item in and waits for its answer. To be called inside the tokio runtime on which the work shall run.
    ///
    /// # Errors
    /// [`Lost`] if the work broke.
    pub async fn ask(&self, item: T) -> Result<R, Lost> {
        let (answer, mut answered) = oneshot::channel();
        let is_crowd = {
            let mut state = self.0.state();
            state.waiting.push_back(Waiting { item, span: Span::current(), answer });
            match state.expected {
                // Who gathers takes it along.
                Some(expected) => {
                    if state.waiting.len() == expected {
                        self.0.gathered.notify_one();
                    }
                    false
                }
                None => state.flying == 0 || state.waiting.len() >= self.0.crowd,
            }
        };
        if is_crowd {
            self.begin();
        } else if let Ok(answer) = timeout(OVERDUE, &mut answered).await {
            return answer.map_err(|_| Lost);
        } else {
            self.begin();
        }
        answered.await.map_err(|_| Lost)
    }

    /// Begins a piece of work, if there may be one more.
    fn begin(&self) {
        let mut state = self.0.state();
        if state.flying < self.0.flights {
            state.flying += 1;
            tokio::spawn(fly(Flight::of(Arc::clone(&self.0))));
        }
    }
}

/// Works until nothing waits.
async fn fly<T: Send + 'static, R: Send + 'static>(mut flight: Flight<T, R>) {
    while let Some(taken) = flight.take() {
        let span = span_of(flight.inner.name, &taken);
        let count = taken.len();
        let (items, answers): (Vec<T>, Vec<_>) = taken.into_iter().map(|one| (one.item, one.answer)).unzip();
        let results = (flight.inner.work)(items).instrument(span).await;
        for (answer, result) in answers.into_iter().zip(results) {
            let _nobody_waits = answer.send(result);
        }
        if count >= SEVERAL
            && let Some(pause) = flight.inner.pause
        {
            flight.inner.gather(count, pause).await;
        }
    }
}

/// The span of a piece of work: that of the only one that waited, or a child of the first with a link to each of the others.
fn span_of<T, R>(name: &'static str, taken: &[Waiting<T, R>]) -> Span {
    let Some((first, others)) = taken.split_first() else { return Span::none() };
    if others.is_empty() {
        return first.span.clone();
    }
    let span = tracing::info_span!(parent: &first.span, "batch", batch = name, items = taken.len());
    for other in others {
        span.follows_from(&other.span);
    }
    span
}

/// A right to work, given back when there is nothing to do, or when the work breaks.
struct Flight<T: Send + 'static, R: Send + 'static> {
    inner: Arc<Inner<T, R>>,
    landed: bool,
    /// It took something already.
    took: bool,
}

impl<T: Send + 'static, R: Send + 'static> Flight<T, R> {
    fn of(inner: Arc<Inner<T, R>>) -> Self {
        Self { inner, landed: false, took: false }
    }

    /// What is worked on next; with nothing, the right is given back.
    fn take(&mut self) -> Option<Vec<Waiting<T, R>>> {
        let mut state = self.inner.state();
        if self.took && state.flying > 1 && state.waiting.len() < self.inner.crowd {
            // Who is under way beside this one takes them.
            state.flying -= 1;
            self.landed = true;
            return None;
        }
        let mut taken = Vec::with_capacity(state.waiting.len().min(self.inner.most));
        while taken.len() < self.inner.most
            && let Some(next) = state.waiting.pop_front()
        {
            if !next.answer.is_closed() {
                taken.push(next);
            }
        }
        if taken.is_empty() {
            state.flying = state.flying.saturating_sub(1);
            self.landed = true;
            return None;
        }
        self.took = true;
        Some(taken)
    }
}

impl<T: Send + 'static, R: Send + 'static> Drop for Flight<T, R> {
    fn drop(&mut self) {
        if self.landed {
            return;
        }
        if std::thread::panicking() {
            // The work panicked: those who wait for the next one get it.
            tokio::spawn(fly(Self::of(Arc::clone(&self.inner))));
        } else {
            // The runtime ends.
            let mut state = self.inner.state();
            state.flying = state.flying.saturating_sub(1);
            state.expected = None;
            state.waiting.clear();
        }
    }
}

impl<T, R> Inner<T, R> {
    /// Waits for a moment until those who were answered have asked again, unless somebody else does.
    async fn gather(&self, answered: usize, pause: Duration) {
        {
            let mut state = self.state();
            let expected = (state.waiting.len() + answered).min(self.most);
            if state.expected.is_some() || state.waiting.len() >= expected {
                return;
            }
            state.expected = Some(expected);
        }
        let _in_time = timeout(pause, self.gathered.notified()).await;
        self.state().expected = None;
    }

    fn state(&self) -> MutexGuard<'_, State<T, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, R> fmt::Debug for Batch<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("name", &self.0.name).field("most", &self.0.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
