//! The points at which the programs of a debug build tell where they are, and wait to be let go or killed.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, unix::OwnedWriteHalf},
    sync::{Mutex as AsyncMutex, mpsc},
};

/// The processes that tell their points, by pid.
#[derive(Clone, Debug, Default)]
pub(super) struct Points {
    links: Arc<Mutex<HashMap<u32, Arc<Link>>>>,
}

#[derive(Debug)]
struct Link {
    orders: AsyncMutex<OwnedWriteHalf>,
    reports: AsyncMutex<mpsc::UnboundedReceiver<String>>,
}

impl Points {
    /// Listens on a socket at `path`.
    pub(super) fn listen(path: &Path) -> Self {
        let points = Self::default();
        let listener = UnixListener::bind(path).expect("the socket can be made");
        let links = Arc::clone(&points.links);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let links = Arc::clone(&links);
                tokio::spawn(async move {
                    let (read, write) = stream.into_split();
                    let mut lines = BufReader::new(read).lines();
                    let Ok(Some(pid)) = lines.next_line().await else { return };
                    let Ok(pid) = pid.parse() else { return };
                    let (send, reports) = mpsc::unbounded_channel();
                    let link = Link { orders: AsyncMutex::new(write), reports: AsyncMutex::new(reports) };
                    links.lock().unwrap_or_else(PoisonError::into_inner).insert(pid, Arc::new(link));
                    while let Ok(Some(point)) = lines.next_line().await {
                        let _ = send.send(point);
                    }
                    links.lock().unwrap_or_else(PoisonError::into_inner).remove(&pid);
                });
            }
        });
        points
    }

    /// Waits until a task of the process is at a point, and holds it there. Gives whether it came there within the time;
    /// a process of a release build never does.
    pub(super) async fn hold(&self, pid: u32, point: &str, within: Duration) -> bool {
        let Some(link) = self.link(pid) else { return false };
        link.order(point).await;
        let mut reports = link.reports.lock().await;
        let reached = tokio::time::timeout(within, reports.recv()).await.is_ok_and(|report| report.is_some());
        if !reached {
            link.order("").await;
            // It may have come there just now.
            if reports.try_recv().is_ok() {
                link.order("go").await;
            }
        }
        reached
    }

    /// Lets the task that is held go on.
    pub(super) async fn let_go(&self, pid: u32) {
        if let Some(link) = self.link(pid) {
            link.order("go").await;
        }
    }

    fn link(&self, pid: u32) -> Option<Arc<Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).get(&pid).cloned()
    }
}

impl Link {
    async fn order(&self, order: &str) {
        // A process that is gone needs no orders.
        let _ = self.orders.lock().await.write_all(format!("{order}\n").as_bytes()).await;
    }
}
