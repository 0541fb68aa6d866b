//! Files in the archive and what they are attached to (fact sheet §6.10).
//!
//! Known: one part named `file`, a PDF or a picture of 6 MB at most; a new file may take a second to be readable; a bound file
//! is mailed with its document. Not known: what too large a file answers (the sources name 400 and 413; here 413), and what an
//! unknown file or document answers (here 404 with code 40).

use bytes::Bytes;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Body, Call, Dinero, Failure};

const LARGEST: usize = 6 << 20;
const KINDS: [&str; 5] = ["pdf", "png", "jpg", "jpeg", "gif"];

/// A file that was uploaded.
#[derive(Debug, Clone)]
pub(super) struct StoredFile {
    guid: String,
    name: String,
    content: Bytes,
    at: DateTime<Utc>,
    archived: bool,
    /// Documents that it is attached to, and what it is called there.
    attached: Vec<(String, String)>,
}

impl StoredFile {
    fn extension(&self) -> String {
        self.name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
    }
}

impl Dinero {
    pub(super) fn file_route(&mut self, call: &Call<'_>, rest: &[&str]) -> Result<Body, Failure> {
        match (call.method, rest) {
            (&Method::POST, []) => self.upload(call, true).map(Body::Json),
            (&Method::POST, ["attachment"]) => self.upload(call, false).map(Body::Json),
            (&Method::GET, []) => self.list_files(call).map(Body::Json),
            (&Method::GET, [guid]) => {
                let file = self.file(guid)?;
                if call.now < file.at + Duration::seconds(1) {
                    return Err(Failure::not_found("The file does not exist"));
                }
                Ok(Body::File(file.content.clone()))
            }
            _ => Err(Failure::no_route()),
        }
    }

    pub(super) fn attachment_route(&mut self, call: &Call<'_>, rest: &[&str]) -> Result<Body, Failure> {
        match (call.method, rest) {
            (&Method::GET, [document]) => {
                let document = self.document(document)?;
                let bound = self.files.iter().flat_map(|file| file.attached.iter().map(move |it| (file, it)));
                let bound = bound.filter(|(_, (to, _))| *to == document);
                let shown = bound.map(|(file, (to, name))| {
                    let organization = self.organization;
                    json!({ "OrganizationId": organization, "DocumentId": to, "FileGuid": file.guid, "FileName": name })
                });
                Ok(Body::Json(shown.collect()))
            }
            (&Method::POST, [document, file, name]) => {
                let (document, name) = (self.document(document)?, (*name).to_owned());
                let place = self.place(file)?;
                self.files[place].attached.retain(|(to, _)| *to != document);
                self.files[place].attached.push((document, name));
                Ok(Body::Nothing)
            }
            (&Method::DELETE, [document, file]) => {
                let document = self.document(document)?;
                let place = self.place(file)?;
                self.files[place].attached.retain(|(to, _)| *to != document);
                Ok(Body::Nothing)
            }
            _ => Err(Failure::no_route()),
        }
    }

    fn upload(&mut self, call: &Call<'_>, archived: bool) -> Result<Value, Failure> {
        let refused = || Failure::sentence(StatusCode::BAD_REQUEST, "The file is missing or of the wrong kind");
        let (name, content) = part(call).ok_or_else(refused)?;
        let (guid, at) = (self.next_guid(), call.now);
        let file = StoredFile { guid: guid.clone(), name, content, at, archived, attached: Vec::new() };
        if !KINDS.contains(&file.extension().as_str()) {
            return Err(refused());
        }
        if file.content.len() > LARGEST {
            return Err(Failure::sentence(StatusCode::PAYLOAD_TOO_LARGE, "The file is too large"));
        }
        self.files.push(file);
        Ok(json!({ "FileGuid": guid }))
    }

    fn list_files(&self, call: &Call<'_>) -> Result<Value, Failure> {
        let day = |name: &str| {
            let day = call.parameter(name).map(|text| NaiveDate::parse_from_str(text, "%Y/%m/%d"));
            day.transpose().map_err(|_| Failure::validation(&[(name, "must be yyyy/MM/dd")]))
        };
        let (before, after) = (day("uploadedBefore")?, day("uploadedAfter")?);
        let extensions: Vec<String> = call.all("extensions").map(str::to_lowercase).collect();
        let used = match call.parameter("fileStatus").unwrap_or("All") {
            "All" => None,
            "Used" => Some(true),
            "Unused" => Some(false),
            _ => return Err(Failure::validation(&[("fileStatus", "is not All, Used or Unused")])),
        };
        let number = |name: &str, default: usize| call.parameter(name).map_or(Some(default), |text| text.parse().ok());
        let (Some(page), Some(size)) = (number("page", 0), number("pageSize", 1000)) else {
            return Err(Failure::validation(&[("page", "not a number")]));
        };
        let wanted = self.files.iter().filter(|file| {
            file.archived
                && before.is_none_or(|day| file.at.date_naive() < day)
                && after.is_none_or(|day| file.at.date_naive() > day)
                && (extensions.is_empty() || extensions.contains(&file.extension()))
                && used.is_none_or(|used| used != file.attached.is_empty())
        });
        let shown = wanted.skip(page.saturating_mul(size)).take(size).map(|file| {
            json!({
                "FileGuid": file.guid,
                "Name": file.name,
                "Extension": file.extension(),
                "Size": file.content.len(),
                "UploadedAt": self.time(file.at),
                "Note": null,
                "NumberOfPages": null,
                "Linked": [],
                "UploadedBy": null,
            })
        });
        Ok(shown.collect())
    }

    fn file(&self, guid: &str) -> Result<&StoredFile, Failure> {
        self.place(guid).map(|place| &self.files[place])
    }

    fn place(&self, guid: &str) -> Result<usize, Failure> {
        let place = self.files.iter().position(|file| file.guid.eq_ignore_ascii_case(guid));
        place.ok_or_else(|| Failure::not_found("The file does not exist"))
    }

    fn document(&self, guid: &str) -> Result<String, Failure> {
        let guid = guid.to_lowercase();
        let known = self.vouchers.contains_key(&guid);
        if known { Ok(guid) } else { Err(Failure::not_found("The document does not exist")) }
    }
}

/// The name and the content of the part called `file`.
fn part(call: &Call<'_>) -> Option<(String, Bytes)> {
    let boundary = call.content_type.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?.trim_matches('"');
    let start = format!("--{boundary}\r\n");
    let end = format!("\r\n--{boundary}");
    let mut rest = call.body.slice(find(call.body, start.as_bytes())? + start.len()..);
    loop {
        let head = find(&rest, b"\r\n\r\n")?;
        let length = find(&rest[head + 4..], end.as_bytes())?;
        let heads = String::from_utf8_lossy(&rest[..head]).into_owned();
        if heads.contains("name=\"file\"") {
            let name = heads.split("filename=\"").nth(1)?.split('"').next()?.to_owned();
            return Some((name, rest.slice(head + 4..head + 4 + length)));
        }
        rest = rest.slice((head + 4 + length + end.len() + 2).min(rest.len())..);
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
