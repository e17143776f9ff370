//! How connections are taken.
//!
//! Guarantee: a connection on which nothing is asked, or nothing is taken of the answer, is not kept; one connection asks
//! only so much at once. Mechanism: actix-web's own server waits without a limit for the first byte, and for the head of
//! every request but the first; so connections go through [`Connection`], which knows from its [`Presence`] whether
//! requests run.

use std::{io, net::SocketAddr, net::TcpListener, rc::Rc, time::Duration};

use actix_http::{HttpService, Protocol, error::DispatchError};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{
    App as Actix,
    dev::{AppConfig, Server},
    rt::net::TcpStream,
    web,
};
use service_kit::{
    lifecycle,
    tls::{HTTP_2, Stream},
};

use crate::{
    app::App,
    front::connection::Connection,
    handler,
    presence::Presence,
    settings::{LimitSettings, Tls},
};

pub mod connection;
mod frames;

/// So many files and sockets are for what else the process has open.
const OTHER_FILES: usize = 256;

/// So many requests more are kept on a connection than run: those that are answered with 429, and answers that are not sent
/// whole.
const MORE_KEPT: usize = 1_000;

/// What a client that knows HTTP/2 begins with where nothing is agreed on before (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2";

/// A server on a listener.
///
/// # Errors
/// If the listener or the certificate cannot be used.
pub fn server(app: web::Data<App>, listener: TcpListener, workers: usize) -> io::Result<Server> {
    let limits = app.settings.limits.clone();
    let tls = app.settings.http.tls().map_err(io::Error::other)?;
    // Files for the databases and the other parts are always left.
    let files = lifecycle::most_files().saturating_sub(OTHER_FILES) / workers.max(1);
    let connections = limits.connections.min(files.max(1));
    let builder = Server::build().disable_signals().workers(workers).max_concurrent_connections(connections);
    let listening = builder.listen("api", listener, move || {
        let services = web::Data::new(app.services.of_worker());
        let actix = Actix::new().app_data(app.clone()).app_data(services).default_service(web::to(handler::handle));
        let actix = actix.into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .keep_alive(Duration::from_secs(limits.keep_alive_seconds))
            .client_request_timeout(Duration::from_secs(limits.head_seconds))
            // After an early answer (413) what the client still sends is read for so long, so that it sees the answer.
            .client_disconnect_timeout(Duration::from_secs(5))
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(Rc::clone(connection.presence()));
            })
            .finish(map_config(actix, |()| AppConfig::default()));
        let (limits, tls) = (limits.clone(), tls.clone());
        fn_service(move |socket: TcpStream| take(socket, tls.clone(), limits.clone())).and_then(http)
    })?;
    Ok(listening.run())
}

type Taken = (Connection, Protocol, Option<SocketAddr>);

/// Waits for what says which HTTP is spoken: the handshake, or the first bytes.
async fn take(socket: TcpStream, tls: Option<Tls>, limits: LimitSettings) -> Result<Taken, DispatchError> {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a connection may be slow");
    }
    let peer = socket.peer_addr().ok();
    let patience = Duration::from_secs(limits.head_seconds);
    let greeted = tokio::time::timeout(patience, greet(socket, tls)).await;
    let (stream, protocol) = greeted.map_err(|_| DispatchError::SlowRequestTimeout)?.map_err(DispatchError::Io)?;
    let presence = Presence::new(&limits, protocol == Protocol::Http1);
    let kept = (protocol == Protocol::Http2).then_some(limits.streams + MORE_KEPT);
    Ok((Connection::new(stream, presence, Duration::from_secs(limits.stall_seconds), kept), protocol, peer))
}

async fn greet(socket: TcpStream, tls: Option<Tls>) -> io::Result<(Stream, Protocol)> {
    let (stream, is_http_2) = match tls {
        Some(tls) => {
            let stream = Stream::accept(socket, tls.now()).await?;
            let agreed = stream.protocol() == Some(HTTP_2);
            (stream, agreed)
        }
        None => {
            let mut begin = [0; PREFACE.len()];
            socket.peek(&mut begin).await?;
            (Stream::Plain(socket), begin == PREFACE)
        }
    };
    Ok((stream, if is_http_2 { Protocol::Http2 } else { Protocol::Http1 }))
}
