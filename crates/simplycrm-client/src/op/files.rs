//! Attached files (7.3 and newer; fact sheet §3).

use api_transport::Safety;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, de};

use super::{Operation, Verb};
use crate::id::WsId;

/// Reads an attached file.
#[derive(Debug, Clone)]
pub struct FilesRetrieve {
    /// The module's prefix with the number of the attachment, from the record's `imageattachmentids`.
    pub id: WsId,
}

impl Operation for FilesRetrieve {
    type Output = Vec<FileContent>;
    const NAME: &'static str = "files_retrieve";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("id", self.id.to_string())]
    }
}

/// A file.
#[derive(Debug, Clone, Deserialize)]
pub struct FileContent {
    /// Its number on the server.
    #[serde(rename = "fileid", deserialize_with = "text_or_number")]
    pub id: String,
    /// Its name.
    #[serde(rename = "filename", default)]
    pub name: String,
    /// Its media type, as whoever uploaded it said.
    #[serde(rename = "filetype", default)]
    pub media_type: String,
    /// What is in it.
    #[serde(rename = "filecontents", deserialize_with = "from_base64")]
    pub content: Bytes,
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    })
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text.trim()).map(Bytes::from).map_err(de::Error::custom)
}
