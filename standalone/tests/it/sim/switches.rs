//! What a run has in it: data, so that a class of faults can be left out.

/// What a run has in it. Switches, so that a class of faults can be left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switches {
    /// Steps before everything comes to rest.
    pub(crate) steps: usize,
    /// Processes are killed.
    pub(crate) kills: bool,
    /// Processes stand still for longer than a lease.
    pub(crate) pauses: bool,
    /// Messages are late, come twice and out of order; confirmations are lost; the broker breaks down.
    pub(crate) foul_broker: bool,
    /// How many of a thousand calls go wrong at the targets.
    pub(crate) target_faults: u64,
    /// Effects land after their end could not be known any more.
    pub(crate) late_effects: bool,
    /// Clocks of the processes, in milliseconds against the databases'.
    pub(crate) offsets_ms: [i64; 3],
    /// Targets are added and deleted.
    pub(crate) adding: bool,
    /// Targets are disabled and enabled again.
    pub(crate) disabling: bool,
    /// Many are asked for at once, by COU or CO: which heals what was lost before.
    pub(crate) many: bool,
    /// Requests are canceled.
    pub(crate) canceling: bool,
    /// Roles and memberships have dates that lie seconds ahead.
    pub(crate) dates: bool,
    /// Targets are guarded, compared and planned; what is held is released or dropped, what failed tried again.
    pub(crate) engine: bool,
    /// Others change what targets have.
    pub(crate) drift: bool,
    /// A database beside each target has the same effects, by the real connector.
    pub(crate) sql: bool,
    /// So has a directory.
    pub(crate) ldap: bool,
}

impl Switches {
    /// With the classes of faults that are named, separated by commas.
    pub(crate) fn of(faults: &str) -> Self {
        let named = |class: &str| faults.split(',').any(|name| name == class);
        Self {
            steps: 700,
            kills: named("kills"),
            pauses: named("pauses"),
            foul_broker: named("broker"),
            target_faults: if named("targets") || named("late") { 150 } else { 0 },
            late_effects: named("late"),
            offsets_ms: match (named("skew"), named("far")) {
                (_, true) => [0, 30_000, -30_000],
                (true, false) => [0, 50, -50],
                (false, false) => [0; 3],
            },
            adding: named("adding"),
            disabling: named("disabling"),
            many: !named("single"),
            canceling: named("canceling"),
            dates: named("dates"),
            engine: named("engine"),
            drift: named("drift"),
            sql: named("sql"),
            ldap: named("ldap"),
        }
    }
}
