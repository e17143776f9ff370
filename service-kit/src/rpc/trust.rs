//! Which part is which: certificates of an authority of the house's own, and what each part may call.
//!
//! Guarantee, where certificates are set: a part calls only who has a certificate for the name of the part that it means,
//! whatever address that one has; a method answers only the part that it is for, so that who asks (`cohort-caller-bin`) is
//! believed of the gateway alone. Where they are not set, calls are in plain text and whoever reaches a service is believed;
//! that is said in the log and by `check-config`.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::Uri;
use rustls::{
    ClientConfig, ServerConfig,
    client::verify_server_name,
    pki_types::{CertificateDer, ServerName},
    server::ParsedCertificate,
};
use serde::Deserialize;
use tonic::Status;

use crate::{
    config::ConfigError,
    tls::{self, Renewed, Stream},
};

/// A part of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `gateway`
    Gateway,
    /// `person-role-service`
    PersonRole,
    /// `provisioning-service`
    Provisioning,
}

/// `[tls]`: this part's certificate and those of the others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// File of the authorities that sign the certificates of the parts, in PEM; empty: plain text.
    pub ca: String,
    /// File of this part's certificate, with its chain.
    pub certificate: String,
    /// File of its key.
    pub key: String,
    /// Name in the certificate of the gateway.
    pub gateway: String,
    /// Name in that of the person-role-service.
    pub person_role_service: String,
    /// Name in that of the provisioning-service.
    pub provisioning_service: String,
}

/// What this part shows others, and whom it believes.
#[derive(Clone, Debug, Default)]
pub struct Trust(Option<Arc<Certified>>);

#[derive(Debug)]
struct Certified {
    names: [(Part, ServerName<'static>); 3],
    listening: Renewed<ServerConfig>,
    calling: Renewed<ClientConfig>,
}

impl TlsSettings {
    /// Reads the files.
    ///
    /// # Errors
    /// If only some of them are set, or they cannot be used.
    pub fn trust(&self) -> Result<Trust, ConfigError> {
        let files = [self.ca.as_str(), &self.certificate, &self.key];
        if files.iter().all(|file| file.is_empty()) {
            return Ok(Trust::default());
        }
        if files.iter().any(|file| file.is_empty()) {
            let sentence = "tls.ca, tls.certificate and tls.key belong together: set all three, or none of them.";
            return Err(ConfigError(sentence.to_owned()));
        }
        let name = |setting: &str, part: Part, text: &str| {
            let wrong = |_| ConfigError(format!("tls.{setting} must be a name such as gateway, not \"{text}\"."));
            ServerName::try_from(text.to_owned()).map(|name| (part, name)).map_err(wrong)
        };
        let names = [
            name("gateway", Part::Gateway, &self.gateway)?,
            name("person_role_service", Part::PersonRole, &self.person_role_service)?,
            name("provisioning_service", Part::Provisioning, &self.provisioning_service)?,
        ];
        let (listening, calling) = (tls::listening(&files)?, tls::calling(&files)?);
        Ok(Trust(Some(Arc::new(Certified { names, listening, calling }))))
    }
}

impl Trust {
    /// Whether there are certificates.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// What `check-config` says of it.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let note = "Calls between the parts are in plain text, and whoever reaches a service is believed: set tls.ca, \
                    tls.certificate and tls.key, or let nobody else reach them.";
        (!self.is_given()).then(|| note.to_owned())
    }

    /// What is needed to call a part with TLS.
    pub(super) fn way_to(&self, part: Part) -> Option<(Renewed<ClientConfig>, ServerName<'static>)> {
        let certified = self.0.as_ref()?;
        let (_, name) = certified.names.iter().find(|(other, _)| *other == part)?;
        Some((certified.calling.clone(), name.clone()))
    }

    /// What is needed to be called with TLS.
    pub(super) fn door(&self) -> Option<Arc<ServerConfig>> {
        self.0.as_ref().map(|certified| certified.listening.now())
    }

    /// Who has connected.
    pub(super) fn peer(&self, stream: &Stream) -> Peer {
        let Some(certified) = &self.0 else { return Peer(None) };
        let certificate = stream.certificate().map(CertificateDer::from);
        let parsed = certificate.as_ref().and_then(|certificate| ParsedCertificate::try_from(certificate).ok());
        let is = |name: &ServerName<'_>| parsed.as_ref().is_some_and(|own| verify_server_name(own, name).is_ok());
        let parts = certified.names.iter().filter(|(_, name)| is(name)).map(|(part, _)| *part);
        Peer(Some(parts.collect()))
    }
}

/// Whether nobody but this machine is at the other end of an address.
pub(super) fn is_near(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let address: Option<std::net::IpAddr> = host.parse().ok();
    address.map_or_else(|| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

/// Which parts have connected, by their certificate; nothing: nobody was asked.
#[derive(Clone, Debug)]
pub struct Peer(Option<Arc<[Part]>>);

/// Services that are for another part than the gateway.
pub type Callers = &'static [(&'static str, Part)];

/// The routes, which answer only the parts that they are for. Within this process, and in plain text, nobody is asked.
pub fn held(router: Router, callers: Callers) -> Router {
    router.layer(from_fn_with_state(callers, hold))
}

async fn hold(State(callers): State<Callers>, request: Request, next: Next) -> Response {
    let service = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let wanted = callers.iter().find(|(name, _)| *name == service).map_or(Part::Gateway, |(_, part)| *part);
    match request.extensions().get::<Peer>() {
        Some(Peer(Some(parts))) if !parts.contains(&wanted) => {
            tracing::warn!(?parts, ?wanted, service, "refused a call by a part that it is not for");
            Status::permission_denied("the method is not for the part that called").into_http::<Body>()
        }
        _ => next.run(request).await,
    }
}
