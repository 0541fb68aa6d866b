//! The pages. Each handler reads what was asked, calls the office, and fills a template.

mod access;
mod account;
mod booking;
mod connection;
mod connections;
mod ending;
mod enter;
mod history;
mod inbox;
mod mapping;
mod meeting;
mod overview;
mod people;
mod plan;
mod record;
mod setting_fields;
mod settings;
mod sync;
mod undo;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::server::Server;

/// The largest form: a mapping file is the longest thing anybody sends.
const LARGEST_FORM: usize = 512 * 1024;

pub(crate) fn router() -> Router<Server> {
    Router::new()
        .route("/", get(connections::home))
        .route("/setup", get(enter::setup_page).post(enter::setup))
        .route("/login", get(enter::login_page).post(enter::login))
        .route("/logout", post(enter::logout))
        .route("/language", post(enter::language))
        .route("/account", get(account::page))
        .route("/account/password", post(account::password))
        .route("/account/export", get(account::export))
        .route("/account/erase", post(account::erase))
        .route("/people", get(people::page).post(people::add))
        .route("/people/{account}/erase", post(people::erase))
        .route("/connections", get(connections::list).post(connections::create))
        .route("/open", get(record::open))
        .route("/c/{id}", get(overview::page))
        .route("/c/{id}/connection", get(connection::page).post(connection::save))
        .route("/c/{id}/check", post(connection::check))
        .route("/c/{id}/settings", get(settings::page).post(settings::change))
        .route("/c/{id}/sync", post(sync::begin))
        .route("/c/{id}/preview", post(sync::preview))
        .route("/c/{id}/planned", post(sync::planned))
        .route("/c/{id}/stop", post(sync::stop))
        .route("/c/{id}/progress", get(sync::progress))
        .route("/c/{id}/plan", get(plan::page))
        .route("/c/{id}/meeting", get(meeting::page).post(meeting::decide))
        .route("/c/{id}/inbox", get(inbox::page).post(inbox::decide))
        .route("/c/{id}/mapping", get(mapping::page).post(mapping::change))
        .route("/c/{id}/mapping/text", get(mapping::text).post(mapping::change))
        .route("/c/{id}/history", get(history::page))
        .route("/c/{id}/history/{run}", get(history::run))
        .route("/c/{id}/undo", get(undo::page).post(undo::act))
        .route("/c/{id}/booking", get(booking::page).post(booking::act))
        .route("/c/{id}/record/{module}/{record}", get(record::page).post(record::act))
        .route("/c/{id}/access", get(access::page).post(access::change))
        .route("/c/{id}/export", get(access::export))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
}
