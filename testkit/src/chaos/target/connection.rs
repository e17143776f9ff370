//! A connection of a caller, and the course of each of its calls.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rand::RngExt;
use tokio::{io::AsyncReadExt, net::TcpStream};

use super::{Targets, fault::Fault, http, lock};
use crate::{
    chaos::{payload, reset},
    proof::journal::{Call, Reply, Target as Line},
};

/// How a call goes out into the world.
enum Answer {
    Say(u16, Option<i64>),
    BreakOff,
    /// Nothing is said, and the call is still to take effect.
    Silence,
}

/// Serves a connection until its end.
pub(super) async fn serve(targets: Arc<Targets>, mut stream: TcpStream, peer: u16) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    let mut caller = None;
    while let Ok(Some(request)) = http::read(&mut stream, &mut buffer).await {
        caller = caller.or_else(|| targets.caller(peer));
        let fault = if targets.faulty.load(Ordering::Relaxed) { Fault::draw() } else { None };
        let Some(call) = targets.read(&request, fault.map(Fault::name)) else {
            let _ = http::answer(&mut stream, 404, None).await;
            continue;
        };
        let (id, text) = (call.call, payload::text_of_message(&request.body));
        lock(&targets.lasting).insert(id, caller);
        targets.ledger.write(Line::Arrived(call.clone())).await;
        let work = tokio::spawn(carry_out(Arc::clone(&targets), call.clone(), text.clone(), fault));
        let gone = async {
            let mut none = [0];
            // The caller sends nothing before it has its answer: what can be read is the end.
            while stream.read(&mut none).await.is_ok_and(|read| read > 0) {}
        };
        let answer = tokio::select! {
            answer = work => answer.ok(),
            () = gone => None,
        };
        let answer = match answer {
            Some(Answer::Silence) => {
                let mut none = [0];
                while stream.read(&mut none).await.is_ok_and(|read| read > 0) {}
                tokio::spawn(apply_late(Arc::clone(&targets), call, text));
                None
            }
            answer => answer,
        };
        match answer {
            Some(Answer::Say(status, newer)) => {
                lock(&targets.lasting).remove(&id);
                if http::answer(&mut stream, status, newer).await.is_err() {
                    return;
                }
            }
            Some(Answer::BreakOff) => {
                lock(&targets.lasting).remove(&id);
                return reset(stream);
            }
            Some(Answer::Silence) | None => {
                targets.ledger.write(Line::GivenUp { call: id }).await;
                lock(&targets.lasting).remove(&id);
                return;
            }
        }
    }
}

/// Works on a call, whether its caller waits for it or not.
async fn carry_out(targets: Arc<Targets>, call: Call, text: String, fault: Option<Fault>) -> Answer {
    let id = call.call;
    targets.late.fetch_add(1, Ordering::SeqCst);
    targets.ledger.write(Line::Began { call: id }).await;
    let work = match fault {
        Some(Fault::Slow) => rand::rng().random_range(300..1500),
        _ => rand::rng().random_range(0..4),
    };
    tokio::time::sleep(Duration::from_millis(work)).await;
    let (reply, answer) = match fault {
        None | Some(Fault::Slow) => match targets.apply(&call, &text) {
            Ok(place) => {
                targets.ledger.synced(place).await;
                (Reply::Ok, Answer::Say(200, None))
            }
            Err(newer) => (Reply::Refused, Answer::Say(409, Some(newer))),
        },
        Some(Fault::Unavailable) => (Reply::Refused, Answer::Say(503, None)),
        Some(Fault::Reset) => (Reply::Unknown, Answer::BreakOff),
        Some(Fault::GatewayTimeout | Fault::AnswerLost) => {
            if let Ok(place) = targets.apply(&call, &text) {
                targets.ledger.synced(place).await;
            }
            let answer = if fault == Some(Fault::AnswerLost) { Answer::BreakOff } else { Answer::Say(504, None) };
            (Reply::Unknown, answer)
        }
        Some(Fault::GatewayTimeoutLate) => (Reply::Unknown, Answer::Say(504, None)),
        Some(Fault::AnswerLostLate) => (Reply::Unknown, Answer::BreakOff),
        Some(Fault::TimeoutLate) => {
            targets.late.fetch_sub(1, Ordering::SeqCst);
            return Answer::Silence;
        }
    };
    targets.reply(id, reply).await;
    if matches!(fault, Some(Fault::GatewayTimeoutLate | Fault::AnswerLostLate)) {
        tokio::spawn(apply_late(Arc::clone(&targets), call, text));
    }
    targets.late.fetch_sub(1, Ordering::SeqCst);
    answer
}

/// Lets a call take effect some time after its end.
async fn apply_late(targets: Arc<Targets>, call: Call, text: String) {
    targets.late.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(Fault::lateness()).await;
    if let Ok(place) = targets.apply(&call, &text) {
        targets.ledger.synced(place).await;
    }
    targets.late.fetch_sub(1, Ordering::SeqCst);
}
