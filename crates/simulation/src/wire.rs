//! The way from a process to a system and back: it takes time, and anything may happen on it.

use std::sync::Arc;
use std::time::Duration;

use api_transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use sandbox::{Reply, Sandbox};
use serde_json::Value;
use sync_model::Side;
use url::form_urlencoded;

use crate::credits;
use crate::errand::Errand;
use crate::fault::Fault;
use crate::process::{Edge, Process};
use crate::subject::SUBJECTS;
use crate::tamper;
use crate::watch;
use crate::world::{State, World};

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way to one system.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    pub(crate) world: Arc<World>,
    pub(crate) process: Arc<Process>,
    pub(crate) side: Side,
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut errand = Errand::read(self.side, &request);
        let effect = errand.is_effect();
        // Counted when it is let go: no pace knows of a pause that comes between that and the way.
        if self.side == Side::Left {
            self.process.departs(&self.world, usize::try_from(self.world.manner.per_minute).unwrap_or(usize::MAX));
        }
        self.process.edge(&self.world, Edge::Request { writes: errand.writes(), effect }).await;
        if errand.writes() && self.process.source == Some(self.side) {
            self.world.breach(format!("P12: {} was written to, and is the source", self.side));
        }
        if let Errand::Change { id, .. } | Errand::Remove { id } = &errand {
            self.process.asks_to_change(&self.world, id);
        }
        if let Errand::Change { kind, id, looked, .. } = &mut errand {
            let kind = kind_of(&self.world.state(), kind);
            *looked = self.process.looked_at(self.side, &kind, id);
        }
        let answer = if errand.writes() {
            self.process.writes();
            // What is on its way arrives, whatever becomes of its sender meanwhile.
            let (way, request, errand) = (self.clone(), request, errand.clone());
            let arrival = tokio::spawn(async move { way.carry(&request, &errand).await });
            arrival.await.expect("a request on its way does not panic")
        } else {
            self.carry(&request, &errand).await
        };
        self.world.travel().await;
        self.process.edge(&self.world, Edge::Response { effect }).await;
        if let Errand::List { kind, .. } | Errand::Look { kind, .. } = &errand
            && kind == "invoice"
            && let Some(body) = answer.as_ref().ok().and_then(|answer| serde_json::from_slice(answer.body()).ok())
        {
            self.process.is_told_of_booked(watch::booked_in(&body));
        }
        if self.side == Side::Left
            && let Some(seconds) = answer.as_ref().ok().and_then(asked_to_wait)
        {
            self.process.told_to_wait(&self.world, seconds);
        }
        answer
    }
}

impl Wire {
    /// Brings a request to the system, and gives what comes back.
    async fn carry(&self, request: &Request<Bytes>, errand: &Errand) -> Result<Response<Bytes>, TransportError> {
        self.world.travel().await;
        let fault = self.fault(errand);
        let answer = self.exchange(request, errand, fault).await;
        self.world.note(|| self.told(request, &answer, fault));
        answer
    }

    /// What strikes this request.
    fn fault(&self, errand: &Errand) -> Option<Fault> {
        let mut state = self.world.state();
        let anywhere = [
            Fault::TimeoutBefore,
            Fault::TimeoutAfter,
            Fault::FailureBefore,
            Fault::FailureAfter,
            Fault::Throttled,
            Fault::ThrottledSilently,
            Fault::Unauthorised,
            Fault::Truncated,
            Fault::WebPage,
        ];
        if errand.is_effect() {
            // Each has its turn to be first: there are few effects.
            let all = Fault::OF_EFFECTS;
            let first = usize::try_from(state.luck.below(all.len() as u64)).unwrap_or(0);
            return all[first..].iter().chain(&all[..first]).copied().find(|fault| state.strikes_effect(*fault));
        }
        if let Some(fault) = anywhere.into_iter().find(|fault| state.strikes(*fault)) {
            return Some(fault);
        }
        let special: &[Fault] = match (errand, self.side) {
            (Errand::Create { .. } | Errand::Change { .. }, _) => &[Fault::LateEffect, Fault::Brownout],
            (Errand::List { page: 0, .. }, _) => &[Fault::StaleList, Fault::DelayedVisibility],
            (Errand::List { kind, .. }, Side::Left) if kind == "product" => {
                &[Fault::ShiftedPage, Fault::DuplicatePage, Fault::StaleList, Fault::DelayedVisibility]
            }
            (Errand::List { .. }, _) => &[Fault::DuplicatePage, Fault::StaleList, Fault::DelayedVisibility],
            (Errand::Other | Errand::Look { .. } | Errand::Effect { .. } | Errand::Remove { .. }, _) => {
                &[Fault::Brownout]
            }
        };
        special.iter().copied().find(|fault| state.strikes(*fault))
    }

    async fn exchange(
        &self,
        request: &Request<Bytes>,
        errand: &Errand,
        fault: Option<Fault>,
    ) -> Result<Response<Bytes>, TransportError> {
        let Some(fault) = fault else { return self.reach(request, errand, None) };
        match fault {
            Fault::TimeoutBefore => {
                tokio::time::sleep(PATIENCE).await;
                Err(self.lost())
            }
            Fault::TimeoutAfter => {
                let _ = self.reach(request, errand, Some(fault));
                tokio::time::sleep(PATIENCE).await;
                Err(self.lost())
            }
            Fault::LateEffect => {
                let delay = PATIENCE + Duration::from_millis(self.world.state().luck.between(100, 8_000));
                let late = Self { world: self.world.clone(), process: self.process.clone(), side: self.side };
                let (request, errand) = (request.clone(), errand.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    if late.process.pauses() {
                        // By then another process may have waited for it in vain, and no wait is long enough for both.
                        return;
                    }
                    late.world.note(|| format!("late effect of {errand:?}"));
                    let _ = late.reach(&request, &errand, Some(fault));
                });
                tokio::time::sleep(PATIENCE).await;
                Err(self.lost())
            }
            Fault::FailureBefore => Ok(answer(StatusCode::INTERNAL_SERVER_ERROR, "")),
            Fault::FailureAfter => {
                let _ = self.reach(request, errand, Some(fault));
                Ok(answer(StatusCode::INTERNAL_SERVER_ERROR, ""))
            }
            Fault::Throttled => {
                let seconds = self.world.state().luck.between(1, 40);
                let mut refusal = answer(StatusCode::TOO_MANY_REQUESTS, "quota exceeded");
                refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                Ok(refusal)
            }
            Fault::ThrottledSilently => Ok(answer(StatusCode::TOO_MANY_REQUESTS, "quota exceeded")),
            Fault::Unauthorised => match self.side {
                Side::Left => Ok(answer(StatusCode::UNAUTHORIZED, "")),
                Side::Right => {
                    self.world.state().systems.crm.forget_sessions();
                    self.reach(request, errand, None)
                }
            },
            Fault::Truncated => {
                let whole = self.reach(request, errand, Some(fault))?;
                Ok(whole.map(|body| body.slice(..body.len() / 2)))
            }
            Fault::Brownout => Ok(answer(StatusCode::from_u16(480).unwrap_or(StatusCode::GONE), "")),
            Fault::WebPage => Ok(answer(StatusCode::NOT_FOUND, "<!DOCTYPE html><html><body>404</body></html>")),
            Fault::DuplicatePage | Fault::ShiftedPage | Fault::StaleList | Fault::DelayedVisibility => {
                self.reach(request, errand, Some(fault))
            }
            Fault::ClockAhead
            | Fault::ClockBack
            | Fault::ServerClock
            | Fault::HintLost
            | Fault::HintDoubled
            | Fault::DiskFull
            | Fault::TornCommit
            | Fault::KillAtJournal
            | Fault::KillAtRequest
            | Fault::KillAtResponse
            | Fault::TwoProcesses
            | Fault::LostLease => self.reach(request, errand, None),
        }
    }

    /// The request reaches the system.
    fn reach(
        &self,
        request: &Request<Bytes>,
        errand: &Errand,
        fault: Option<Fault>,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut state = self.world.state();
        let state = &mut *state;
        if fault == Some(Fault::ShiftedPage) {
            tamper::delete_what_was_shown(state, self.world.time_at(state, Side::Left));
        }
        if matches!(errand, Errand::Remove { .. }) && self.world.manner.deletes == sync_app::Deletes::Keep {
            state.breached(format!("P27: {} was asked to delete although everything is kept", self.side));
        }
        // An invoice of Dinero is written with its time stamp, so that nothing is written over unseen.
        if let Errand::Change { kind, id, fields, looked, .. } = errand
            && kind != "invoice"
            && kind != credits::KIND
        {
            self.write_over(state, id, fields.as_deref(), *looked);
        }
        if self.side == Side::Left {
            watch::before(&self.world, state, self.process.allowed, errand);
        }
        let now = self.world.time_at(state, self.side);
        let reply = match self.side {
            Side::Left => state.systems.dinero.handle(request, now),
            Side::Right => state.systems.crm.handle(request, now),
        };
        let Reply::Answer(mut response) = reply else { return Err(self.lost()) };
        if self.side == Side::Left && response.status().is_success() {
            watch::after(&self.world, state, errand);
            watch::keep_an_eye_on(&self.world, state, errand);
        }
        self.count(state, errand, &response);
        self.wrote(state, errand, &response);
        let is_of_notes = request.method() == Method::GET && request.uri().path().ends_with("/sales/creditnotes");
        if fault.is_none() && is_of_notes {
            state.looked.insert((Side::Left, credits::KIND.to_owned()), self.world.elapsed());
        }
        state.lists_lied |= matches!(errand, Errand::List { .. }) && fault.is_some();
        if let Errand::List { kind, page, whole } = errand {
            let list = tamper::List { side: self.side, kind, page: *page, whole, now };
            response = tamper::show(state, &list, response, fault);
        }
        if fault.is_none() {
            self.looks(state, errand, &response);
        }
        Ok(response)
    }

    /// Notes what the process saw as it is now. A list of many pages was looked at when its first page was; one of deleted
    /// records shows no edit, and one of single records shows no other.
    fn looks(&self, state: &mut State, errand: &Errand, response: &Response<Bytes>) {
        match errand {
            Errand::List { whole, .. } if whole.contains("deletedOnly=true") => {}
            Errand::List { whole, .. } if whole.contains("WHERE") || whole.contains("queryFilter") => {
                for id in tamper::ids(response.body(), self.side) {
                    self.process.looks_at(&self.world, self.side, id);
                }
            }
            Errand::List { kind, page: 0, .. } => {
                state.looked.insert((self.side, kind.clone()), self.world.elapsed());
                self.process.looks_at(&self.world, self.side, kind.clone());
            }
            Errand::Look { kind, id } => {
                state.looked.insert((self.side, kind_of(state, kind)), self.world.elapsed());
                self.process.looks_at(&self.world, self.side, id.clone());
            }
            Errand::List { .. }
            | Errand::Other
            | Errand::Create { .. }
            | Errand::Change { .. }
            | Errand::Effect { .. }
            | Errand::Remove { .. } => {}
        }
    }

    /// What a person typed since the sender looked is written over without anybody having seen it.
    fn write_over(&self, state: &mut State, id: &str, fields: Option<&[String]>, looked: u64) {
        for edit in state.ledger.iter_mut().filter(|edit| edit.side == self.side && edit.record == id) {
            let attribute = SUBJECTS[state.things[edit.thing].subject].attribute(edit.attribute);
            let own = attribute.map_or("", |attribute| attribute.own(self.side));
            let written = fields.is_none_or(|fields| fields.iter().any(|field| field == own));
            edit.in_the_window |= written && edit.at >= looked;
        }
    }

    /// Notes what was just written.
    fn wrote(&self, state: &mut State, errand: &Errand, response: &Response<Bytes>) {
        let id = match errand {
            Errand::Change { id, .. } => id.clone(),
            Errand::Create { .. } => tamper::id_of_answer(response.body(), self.side),
            Errand::Other
            | Errand::List { .. }
            | Errand::Look { .. }
            | Errand::Effect { .. }
            | Errand::Remove { .. } => return,
        };
        state.written.insert((self.side, id), self.world.elapsed());
    }

    /// Counts what we made.
    fn count(&self, state: &mut State, errand: &Errand, response: &Response<Bytes>) {
        let Errand::Create { kind, body } = errand else { return };
        let done = match self.side {
            Side::Left => response.status().is_success(),
            Side::Right => response.body().starts_with(br#"{"success":true"#),
        };
        if !done {
            return;
        }
        // Credit notes are nobody's things.
        let made_apart = kind == credits::KIND || (kind == "Invoice" && credits::is_credit_note(body));
        let mut made = made_apart;
        for (at, thing) in state.things.iter_mut().enumerate().filter(|_| !made_apart) {
            let subject = &SUBJECTS[thing.subject];
            if subject.kind(self.side) == kind && subject.tag_of(self.side, body).as_ref() == Some(&thing.tag) {
                thing.by_us[self.side as usize] += 1;
                state.untold.insert((at, self.side));
                made = true;
            }
        }
        if !made {
            state.breached(format!("P5: {kind} was made of nothing: {body}"));
        }
    }

    fn lost(&self) -> TransportError {
        TransportError::Lost { host: format!("{}", self.side), reason: "no answer".to_owned() }
    }

    fn told(
        &self,
        request: &Request<Bytes>,
        answer: &Result<Response<Bytes>, TransportError>,
        fault: Option<Fault>,
    ) -> String {
        let form = |bytes: &[u8]| -> String {
            let kept =
                ["operation", "query", "elementType", "id", "changesSince", "page", "queryFilter", "deletedOnly"];
            let pairs = form_urlencoded::parse(bytes).filter(|(name, _)| kept.contains(&&**name));
            pairs.map(|(name, value)| format!(" {name}={value}")).collect()
        };
        let mut sent = form(request.uri().query().unwrap_or_default().as_bytes());
        match serde_json::from_slice::<Value>(request.body()) {
            Ok(body) => sent.push_str(&tamper::told(&body, self.side)),
            Err(_) => {
                sent.push_str(&form(request.body()));
                let element = form_urlencoded::parse(request.body()).find(|(name, _)| name == "element");
                let element = element.and_then(|(_, element)| serde_json::from_str(&element).ok());
                sent.push_str(&element.map_or(String::new(), |element: Value| tamper::told(&element, self.side)));
            }
        }
        let fault = fault.map_or(String::new(), |fault| format!(" [{fault}]"));
        let answer = match answer {
            Ok(answer) => {
                let body = match serde_json::from_slice(answer.body()) {
                    Ok(body) => tamper::told(&body, self.side),
                    Err(_) => String::from_utf8_lossy(answer.body()).chars().take(120).collect(),
                };
                format!("{} {body}", answer.status().as_u16())
            }
            Err(error) => error.to_string(),
        };
        let (method, path) = (request.method(), request.uri().path());
        format!("p{} {} {method} {path}{sent}{fault} -> {answer}", self.process.number, self.side)
    }
}

/// The kind, where a request names only an id of the CRM.
fn kind_of(state: &State, named: &str) -> String {
    let prefix = named.split_once('x').and_then(|(prefix, _)| prefix.parse().ok());
    let kinds = SUBJECTS.iter().map(|subject| subject.kind(Side::Right));
    let of_id = kinds.into_iter().find(|kind| prefix.is_some() && state.systems.crm.prefix(kind) == prefix);
    of_id.unwrap_or(named).to_owned()
}

/// Seconds for which an answer asks for silence.
fn asked_to_wait(answer: &Response<Bytes>) -> Option<u64> {
    answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

fn answer(status: StatusCode, body: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = status;
    response
}
