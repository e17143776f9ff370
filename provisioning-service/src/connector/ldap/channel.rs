//! The way to a directory: TCP, TLS from the beginning or begun on it (RFC 4511 §4.14), and the gate.

use std::os::unix::net::UnixStream;

use rustls::pki_types::ServerName;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_rustls::TlsConnector;

use crate::{
    connector::{
        dialer::Dialer,
        ldap::{
            answer,
            configuration::Configuration,
            gate::{self, Gate, shape, shape::Asked},
        },
        limits::CONNECT,
        trust,
    },
    domain::outcome::ConnectorError,
};

/// The message 1: an extended request for TLS.
const BEGIN: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// The longest answer to it.
const LONGEST: usize = 1 << 16;

/// Connects to a directory. Gives the library's end, and what is known of the connection.
pub(super) async fn open(configuration: &Configuration, dialer: &Dialer) -> Result<(UnixStream, Gate), ConnectorError> {
    let slow = |_| ConnectorError::retryable("The directory did not take the connection in time.");
    tokio::time::timeout(CONNECT, connect(configuration, dialer)).await.map_err(slow)?
}

fn away() -> ConnectorError {
    ConnectorError::retryable("The directory cannot be reached.")
}

async fn connect(configuration: &Configuration, dialer: &Dialer) -> Result<(UnixStream, Gate), ConnectorError> {
    let url: reqwest::Url = configuration.server_url.parse().map_err(|_| away())?;
    let (host, secure) = (url.host_str().unwrap_or("localhost"), url.scheme() == "ldaps");
    let port = url.port().unwrap_or(if secure { 636 } else { 389 });
    let addresses = dialer.resolve(host, port).await?;
    let mut stream = TcpStream::connect(addresses.as_slice()).await.map_err(|_| away())?;
    let gate = Gate::default();
    let inside = if secure || configuration.start_tls {
        if !secure {
            begin_tls(&mut stream).await?;
        }
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(name).map_err(|_| away())?;
        let tls =
            TlsConnector::from(trust::instead(configuration.ca_certificates.as_deref())?).connect(name, stream).await;
        gate.guard(tls.map_err(|error| answer::untrusted(&error))?)
    } else {
        gate.guard(stream)
    };
    Ok((inside.map_err(|_| away())?, gate))
}

async fn begin_tls(stream: &mut TcpStream) -> Result<(), ConnectorError> {
    let broken = || ConnectorError::retryable("The directory did not begin TLS.");
    stream.write_all(BEGIN).await.map_err(|_| broken())?;
    let message = gate::read(stream, || LONGEST).await.ok().flatten().ok_or_else(broken)?;
    let body = gate::body(&message);
    let (number, what) = shape::begins(body).ok_or_else(broken)?;
    if number != 1 || what != shape::EXTENDED || !shape::is_sound(body, Asked::Nothing) {
        return Err(broken());
    }
    match shape::code(body).and_then(|code| u32::try_from(code).ok()) {
        Some(0) => Ok(()),
        Some(code) => Err(answer::refused(code, "", "begin TLS")),
        None => Err(broken()),
    }
}
