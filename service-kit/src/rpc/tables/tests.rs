use std::future::Future as _;

use tokio::sync::Notify;

use super::*;

/// Works until it is let go.
struct Slow {
    let_go: Arc<Notify>,
    ended: Arc<Notify>,
}

#[async_trait]
impl Answer for Slow {
    async fn answer(&self, _call: Call) -> Result<Response<Bytes>, Status> {
        self.let_go.notified().await;
        self.ended.notify_one();
        Ok(Response::new(Bytes::new()))
    }
}

/// Else a caller who hangs up gives his turn back, and begins the next while the database is at the first one still.
#[tokio::test]
async fn what_was_begun_goes_on_when_its_caller_hangs_up() {
    let (let_go, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let answer: Arc<dyn Answer> = Arc::new(Slow { let_go: Arc::clone(&let_go), ended: Arc::clone(&ended) });
    let table = Table::all().iter().find(|table| table.has("Edit")).unwrap();
    let uri = format!("http://service/{}/Edit", table.service);
    // A message of no bytes, in the frame of gRPC.
    let request =
        HttpRequest::post(uri).header("content-type", "application/grpc").body(Body::from(vec![0_u8; 5])).unwrap();
    let mut call = Box::pin(serve(answer, table, request));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut context).is_pending());
    tokio::task::yield_now().await;
    drop(call);
    let_go.notify_one();
    tokio::time::timeout(std::time::Duration::from_secs(10), ended.notified()).await.expect("it goes on");
}
