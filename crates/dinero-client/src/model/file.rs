//! Files and what they are attached to (fact sheet §6.10).

use serde::Deserialize;

use super::time::AuditTime;
use crate::{FileGuid, OrganizationId, VoucherGuid};

/// The answer to an upload. It may take a second until the file can be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct FileSaved {
    pub file_guid: Option<FileGuid>,
}

/// A file in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct FileItem {
    pub file_guid: Option<FileGuid>,
    pub name: Option<String>,
    pub extension: Option<String>,
    pub size: i64,
    pub uploaded_at: AuditTime,
    pub note: Option<String>,
    pub number_of_pages: Option<i32>,
    pub linked: Option<Vec<FileLink>>,
    pub uploaded_by: Option<String>,
}

/// A voucher that a file belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct FileLink {
    pub voucher_id: i32,
    pub voucher_guid: VoucherGuid,
    pub linked_at: Option<String>,
}

/// A file that is mailed with a voucher.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Attachment {
    pub organization_id: OrganizationId,
    pub document_id: VoucherGuid,
    pub file_guid: Option<FileGuid>,
    pub file_name: Option<String>,
}
