//! Files, and what they are attached to (fact sheet §6.10).

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::NaiveDate;
use http::{Method, Request, Response};

use super::call::{Call, json};
use super::multipart::Upload;
use super::{LARGEST_PAGE, Operation, operations};
use crate::model::{Attachment, DocumentType, FileItem, FileSaved, FileStatus};
use crate::{Error, FileGuid, OrganizationId, VoucherGuid};

/// A page of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFiles {
    /// Only files with these extensions, such as `pdf`; empty means all.
    pub extensions: Vec<String>,
    /// Only files that came before this day.
    pub uploaded_before: Option<NaiveDate>,
    /// Only files that came after this day.
    pub uploaded_after: Option<NaiveDate>,
    /// Only files that are used, or are not.
    pub status: Option<FileStatus>,
    /// Which page, from 0.
    pub page: u32,
    /// Items in a page, 1000 at most.
    pub page_size: u32,
}

impl Default for ListFiles {
    fn default() -> Self {
        Self {
            extensions: Vec::new(),
            uploaded_before: None,
            uploaded_after: None,
            status: None,
            page: 0,
            page_size: LARGEST_PAGE,
        }
    }
}

impl Operation for ListFiles {
    type Output = Vec<FileItem>;
    const NAME: &'static str = "files.list";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        let slashed = |date: Option<NaiveDate>| date.map(|date| date.format("%Y/%m/%d").to_string());
        let mut call = Call::new(Method::GET, base, "v1", Some(organization), &[&"files"]);
        for extension in &self.extensions {
            call = call.query("extensions", Some(extension));
        }
        call.query("uploadedBefore", slashed(self.uploaded_before))
            .query("uploadedAfter", slashed(self.uploaded_after))
            .query("fileStatus", self.status.as_ref())
            .page(self.page, self.page_size)
            .build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

operations! {
    /// Puts a file into the archive.
    UploadFile {
        /// The file.
        upload: Upload,
    }
    "files.upload": UnsafeWrite, POST "v1" ["files"].upload(upload) => json FileSaved;

    /// Takes in a file that is only there to be attached.
    UploadAttachment {
        /// The file.
        upload: Upload,
    }
    "files.upload_attachment": UnsafeWrite, POST "v1" ["files", "attachment"].upload(upload) => json FileSaved;

    /// What is in a file.
    GetFile {
        /// Which one.
        file: FileGuid,
    }
    "files.get": Read, GET "v1" ["files", file].expecting_file() => bytes;

    /// The files that are mailed with a voucher.
    ListAttachments {
        /// An invoice, a trade offer or a credit note.
        document: VoucherGuid,
    }
    "attachments.list": Read, GET "v1" ["attachments", document] => json Vec<Attachment>;

    /// Lets a file be mailed with a voucher.
    AttachFile {
        /// An invoice, a trade offer or a credit note.
        document: VoucherGuid,
        /// Which file.
        file: FileGuid,
        /// What the receiver sees it called.
        name: String,
    }
    "attachments.attach": IdempotentWrite, POST "v1" ["attachments", document, file, name] => nothing;

    /// Lets a file not be mailed with a voucher any more.
    DetachFile {
        /// An invoice, a trade offer or a credit note.
        document: VoucherGuid,
        /// Which file.
        file: FileGuid,
    }
    "attachments.detach": IdempotentWrite, DELETE "v1" ["attachments", document, file] => nothing;

    /// Lets the files that are always mailed be mailed with this voucher too.
    BindDefaultAttachments {
        /// An invoice or a trade offer.
        document: VoucherGuid,
        /// Which of the two.
        kind: DocumentType,
    }
    "attachments.bind_default": IdempotentWrite,
    POST "v1" ["attachments", "bind", "default", document, kind] => nothing;
}
