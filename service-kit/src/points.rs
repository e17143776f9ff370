//! Named points at which a test may stop or kill this process.
//!
//! A kill at a random moment seldom falls between a commit and what comes after it. So the program says where it is: it
//! [`reach`]es a point. A test that listens on the socket that `COHORT_POINTS` names may have armed the point; then the
//! task reports there and goes on only when it is told to, or never, because the process is killed meanwhile. They exist
//! only where debug assertions are on: in a release build a point is nothing, and the variable is not read.

/// Says that this task is at a point; waits there if a test has armed it.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub async fn reach(_point: &'static str) {}

/// Says that this task is at a point as long as it does something; what it does goes on meanwhile.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub async fn during<T>(_point: &'static str, work: impl Future<Output = T>) -> T {
    work.await
}

#[cfg(debug_assertions)]
pub use armed::{during, reach};

#[cfg(debug_assertions)]
mod armed {
    use std::{
        io::{BufRead, BufReader, Write},
        os::unix::net::UnixStream,
        sync::{Mutex, OnceLock, PoisonError},
        time::Duration,
    };

    use tokio::sync::Notify;

    struct Link {
        /// The point at which the next task stops.
        armed: Mutex<Option<String>>,
        go: Notify,
        test: Mutex<UnixStream>,
    }

    static LINK: OnceLock<Option<Link>> = OnceLock::new();

    /// Says that this task is at a point; waits there if a test has armed it.
    pub async fn reach(point: &'static str) {
        if let Some(link) = armed(point) {
            link.report(point).await;
        }
    }

    /// Says that this task is at a point as long as it does something; what it does goes on meanwhile.
    pub async fn during<T>(point: &'static str, work: impl Future<Output = T>) -> T {
        let Some(link) = armed(point) else { return work.await };
        let report = async {
            // So that the work has begun: for a call, that it is under way.
            tokio::time::sleep(Duration::from_millis(1)).await;
            link.report(point).await;
        };
        tokio::join!(work, report).0
    }

    fn armed(point: &str) -> Option<&'static Link> {
        let link = LINK.get_or_init(connect).as_ref()?;
        let mut armed = link.armed.lock().unwrap_or_else(PoisonError::into_inner);
        armed.take_if(|armed| armed.as_str() == point).map(|_| link)
    }

    impl Link {
        async fn report(&self, point: &str) {
            let told = {
                let mut test = self.test.lock().unwrap_or_else(PoisonError::into_inner);
                writeln!(test, "{point}")
            };
            if told.is_ok() {
                self.go.notified().await;
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "it is no setting: it is there for tests alone, in debug builds alone"
    )]
    fn connect() -> Option<Link> {
        let mut test = UnixStream::connect(std::env::var_os("COHORT_POINTS")?).ok()?;
        writeln!(test, "{}", std::process::id()).ok()?;
        let orders = test.try_clone().ok()?;
        std::thread::spawn(move || obey(orders));
        Some(Link { armed: Mutex::default(), go: Notify::new(), test: Mutex::new(test) })
    }

    /// Takes orders: the name of the point to arm, an empty line to disarm, `go`.
    fn obey(orders: UnixStream) {
        for order in BufReader::new(orders).lines().map_while(Result::ok) {
            let Some(link) = LINK.wait() else { return };
            if order == "go" {
                link.go.notify_one();
            } else {
                *link.armed.lock().unwrap_or_else(PoisonError::into_inner) = Some(order).filter(|o| !o.is_empty());
            }
        }
    }
}
