//! The files that pages refer to. They are part of the program, and named after what they hold, so that a browser may
//! keep them for ever.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::fault::Fault;

/// Part of every file's address.
pub(crate) const VERSION: &str = env!("AFSTEM_ASSETS");

const CSS: &str = include_str!("../static/app.css");
const JS: &str = include_str!("../static/app.js");
const ICON: &str = include_str!("../static/icon.svg");
const GOOD: &str = include_str!("../static/good.svg");
const BAD: &str = include_str!("../static/bad.svg");
const WAIT: &str = include_str!("../static/wait.svg");

/// `/static/{version}/{name}`.
pub(crate) async fn file(Path((_version, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let (kind, text) = match name.as_str() {
        "app.css" => ("text/css; charset=utf-8", CSS),
        "app.js" => ("text/javascript; charset=utf-8", JS),
        "icon.svg" => ("image/svg+xml", ICON),
        "good.svg" => ("image/svg+xml", GOOD),
        "bad.svg" => ("image/svg+xml", BAD),
        "wait.svg" => ("image/svg+xml", WAIT),
        _ => return Err(Fault::NotFound),
    };
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], text).into_response())
}
