//! The journals: JSON lines, each written and synced before what it tells of goes on, so that a process that is killed
//! leaves no more than a torn last line.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    marker::PhantomData,
    path::Path,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The numbers that a state shows, by field. A field stands for a record in it (a role, a name); its number is in a text.
pub type Vector = BTreeMap<String, u64>;

/// A line of the client's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Client {
    /// Something is about to be asked.
    Asked {
        /// Unique.
        operation: u64,
        /// What is asked, for the tally: `role.add`.
        name: String,
        /// What follows of it for the states of subjects: `(subject, wish)`; empty where nothing does.
        #[serde(default)]
        wishes: Vec<(String, Wish)>,
    },
    /// How it was answered. Without this line its end is unknown.
    Answered {
        /// What was asked.
        operation: u64,
        /// How it ended.
        end: End,
        /// The provisioning request that was accepted (202).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<i64>,
    },
    /// A fault that the run injected anywhere but at a target.
    Fault {
        /// What was done: `kill`, `pause`, `broker.lost`.
        what: String,
        /// At which point: `after commit`.
        point: String,
    },
}

/// What an operation does to one field of a subject. The numbers of a field grow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// It shows this number from now on.
    Write {
        /// Which field.
        field: String,
        /// The number, greater than all before in this field.
        number: u64,
        /// A subject that was taken away may come again with it: it was added, was made eligible, or got another key.
        #[serde(default)]
        shows: bool,
    },
    /// It is gone from now on, or from a date that comes; what is older than this number is not missed.
    Remove {
        /// Which field.
        field: String,
        /// The number, greater than all before in this field.
        number: u64,
    },
}

/// How an operation ended for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Acknowledged.
    Ok,
    /// Refused: nothing was done.
    Fail,
    /// Nobody knows.
    Unknown,
}

/// A line of the targets' journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Target {
    /// A call arrived.
    Arrived(Call),
    /// The target begins to work on it.
    Began {
        /// Which call.
        call: u64,
    },
    /// It took effect.
    Applied {
        /// Which call.
        call: u64,
    },
    /// It was answered.
    Replied {
        /// Which call.
        call: u64,
        /// How.
        reply: Reply,
    },
    /// From here on nobody can know its end: the caller was killed, stood still for longer than its lease, was cut off,
    /// or waited for as long as it may.
    GivenUp {
        /// Which call.
        call: u64,
    },
}

/// A call of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Unique.
    pub call: u64,
    /// Which target.
    pub target: i64,
    /// Whom it is about.
    pub subject: String,
    /// The name of the document that it is about.
    pub key: String,
    /// The revision that it says.
    pub revision: i64,
    /// The provisioning request that it says.
    pub request: i64,
    /// The number of the request's claim that it says.
    pub fence: i64,
    /// What it brings.
    pub content: Content,
    /// A digest of all that it brings.
    pub digest: String,
    /// The fault that the target injects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// What a call brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A state.
    State(Vector),
    /// The document is taken away.
    Removal,
}

/// How a call was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Done.
    Ok,
    /// Not done, and it will not be.
    Refused,
    /// An answer that does not tell (502, 504), a reset, or none.
    Unknown,
}

/// A call with what became of it, as places in the journal.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// The call.
    pub call: &'a Call,
    /// Where it arrived.
    pub arrived: usize,
    /// Where it took effect, if it did.
    pub applied: Option<usize>,
    /// Where it was answered, if it was.
    pub replied: Option<(usize, Reply)>,
    /// Where its end became unknowable, if it did: it was given up, or answered without telling.
    pub unknown: Option<usize>,
}

impl Course<'_> {
    /// Whether it took effect when nobody could know any more that it would.
    #[must_use]
    pub fn is_late(&self) -> bool {
        matches!((self.applied, self.unknown), (Some(applied), Some(unknown)) if applied > unknown)
    }

    /// Where it ended for its caller and for those who took over; `None` if it never did.
    #[must_use]
    pub fn ended(&self) -> Option<usize> {
        [self.replied.map(|(at, _)| at), self.unknown].into_iter().flatten().min()
    }
}

/// The calls of a journal, in the order of arrival.
#[must_use]
pub fn calls(lines: &[Target]) -> Vec<Course<'_>> {
    let mut calls: Vec<Course<'_>> = Vec::new();
    let mut places: BTreeMap<u64, usize> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let id = match line {
            Target::Arrived(call) => {
                places.insert(call.call, calls.len());
                calls.push(Course { call, arrived: at, applied: None, replied: None, unknown: None });
                continue;
            }
            Target::Began { call }
            | Target::Applied { call }
            | Target::Replied { call, .. }
            | Target::GivenUp { call } => call,
        };
        let Some(course) = places.get(id).and_then(|place| calls.get_mut(*place)) else { continue };
        match line {
            Target::Applied { .. } => course.applied = course.applied.or(Some(at)),
            Target::Replied { reply, .. } => {
                course.replied = course.replied.or(Some((at, *reply)));
                if *reply == Reply::Unknown {
                    course.unknown = course.unknown.or(Some(at));
                }
            }
            Target::GivenUp { .. } => course.unknown = course.unknown.or(Some(at)),
            Target::Arrived(_) | Target::Began { .. } => {}
        }
    }
    calls
}

/// Writes a journal. Each line is on the disk when [`Journal::write`] returns.
#[derive(Debug)]
pub struct Journal<T> {
    file: File,
    lines: PhantomData<fn(T)>,
}

impl<T: Serialize> Journal<T> {
    /// Opens a journal to write on.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path).expect("the journal can be opened");
        Self { file, lines: PhantomData }
    }

    /// Writes a line.
    pub fn write(&mut self, line: &T) {
        self.write_all(std::slice::from_ref(line));
    }

    /// Writes lines, all of which are on the disk afterwards.
    pub fn write_all(&mut self, lines: &[T]) {
        let mut text = String::new();
        for line in lines {
            text.push_str(&serde_json::to_string(line).expect("a line can be written"));
            text.push('\n');
        }
        self.file.write_all(text.as_bytes()).expect("the journal can be written");
        self.file.sync_data().expect("the journal can be synced");
    }
}

/// Reads a journal; a torn last line was never written.
#[must_use]
pub fn read<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).expect("the journal can be read");
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    whole.lines().map(line).collect()
}
