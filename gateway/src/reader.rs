//! Who reads an answer that takes long: what its user may is asked anew before each part.
//!
//! Guarantee: of a list that is read for hours, nothing comes after its key has ended, or its user may not read it any more,
//! as for a request of its own. Failure: the answer breaks off.

use actix_web::{HttpRequest, web::Data};
use bytes::Bytes;
use proto::{caller::Caller, refusal::Refusal, table::Table};

use crate::{app::App, exchange::Exchange, refusal::Problem, services::Services};

/// What a reader is logged in by, which is asked again while there is something to read.
#[derive(Clone, Debug)]
pub enum Login {
    /// What the request itself says.
    Request,
    /// The session with this id.
    Session(String),
}

/// Who reads.
#[derive(Debug)]
pub struct Reader {
    app: Option<Data<App>>,
    request: HttpRequest,
    services: Services,
    login: Login,
    caller: Caller,
    may: (&'static Table, &'static str),
    /// Nothing was asked yet: the request was let in just now.
    is_new: bool,
}

impl Reader {
    /// Who asks in an exchange, and the method of the resource that answers.
    #[must_use]
    pub fn of(exchange: &Exchange<'_>, login: Login, may: (&'static Table, &'static str)) -> Self {
        Self {
            app: exchange.request.app_data::<Data<App>>().cloned(),
            request: exchange.request.clone(),
            services: exchange.services.clone(),
            login,
            caller: exchange.caller.clone(),
            may,
            is_new: true,
        }
    }

    /// Calls the method for the next part, for its user as it is now.
    ///
    /// # Errors
    /// If that one may not read it any more, or the service refuses.
    pub async fn call(&mut self, message: Bytes) -> Result<Bytes, Problem> {
        if !std::mem::take(&mut self.is_new) {
            self.look_again().await?;
        }
        let (table, method) = self.may;
        Ok(self.services.call(&table.service, method, message, &self.caller).await?)
    }

    /// Calls a method of another service.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn call_of(&self, service: &str, method: &str, message: Bytes) -> Result<Bytes, Problem> {
        Ok(self.services.call(service, method, message, &self.caller).await?)
    }

    /// Finds who its user is now.
    ///
    /// # Errors
    /// If that one may not read any more.
    pub async fn look_again(&mut self) -> Result<(), Problem> {
        let app = self.app.clone().ok_or(Problem::Nobody)?;
        let address = app.settings.http.trusted_proxies.client(&self.request);
        let caller = match &self.login {
            Login::Request => app.authenticator.authenticate_again(&self.request, address).await?,
            Login::Session(id) => {
                // That a page listens is no use of the session.
                let session = app.sessions.find(id, app.clock.now().timestamp(), false).ok_or(Problem::Nobody)?;
                app.authenticator.look_again(&session.credentials, address).await?
            }
        };
        let (table, method) = self.may;
        if !caller.privileged || !caller.allows(table, method) || caller.co_id != self.caller.co_id {
            return Err(Refusal::not_privileged().into());
        }
        self.caller = caller;
        Ok(())
    }
}
