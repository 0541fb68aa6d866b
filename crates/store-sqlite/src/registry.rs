//! The registry on SQLite: who may do what with which connection.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row, SqliteConnection};
use tenancy::{
    Account, AccountId, Answer, AnswerKey, ApiToken, Claim, Connection, ConnectionId, Digest, Failures, Note, Registry,
    RegistryError, Role, Session,
};

use crate::fault::Fault;
use crate::text::{from_json, get, json};
use crate::{SqliteStore, dossier};

/// Tables that hold a pair's state, those first that refer to others.
pub(crate) const STATE: [&str; 16] = [
    "effect",
    "decision",
    "taken_up",
    "earlier_life",
    "failure",
    "spent",
    "trail",
    "finding",
    "intent_body",
    "intent",
    "checked",
    "schema",
    "cursor",
    "link",
    "record",
    "run",
];

impl From<Fault> for RegistryError {
    fn from(fault: Fault) -> Self {
        Self::Database(Box::new(fault))
    }
}

#[async_trait]
impl Registry for SqliteStore {
    async fn ping(&self) -> Result<(), RegistryError> {
        one::<i64>(&mut *self.reader().await, "select 1", &[]).await?;
        Ok(())
    }

    async fn accounts(&self) -> Result<Vec<Account>, RegistryError> {
        Ok(bodies(&mut *self.reader().await, "select body from registry_account order by name", &[]).await?)
    }

    async fn account(&self, id: &AccountId) -> Result<Option<Account>, RegistryError> {
        let sql = "select body from registry_account where id = $1";
        Ok(body(&mut *self.reader().await, sql, &[id.as_str()]).await?)
    }

    async fn account_named(&self, name: &str) -> Result<Option<Account>, RegistryError> {
        Ok(body(&mut *self.reader().await, "select body from registry_account where name = $1", &[name]).await?)
    }

    async fn found(&self, account: &Account) -> Result<bool, RegistryError> {
        let sql = "insert into registry_account (id, name, body)
                   select $1, $2, $3 where not exists (select 1 from registry_account)";
        let values = [account.id.as_str(), &account.name, &json(account)?];
        Ok(run(&mut *self.writer.lock().await, sql, &values).await? == 1)
    }

    async fn put_account(&self, account: &Account) -> Result<(), RegistryError> {
        let sql = "insert into registry_account (id, name, body) values ($1, $2, $3)
                   on conflict (id) do update set name = excluded.name, body = excluded.body";
        let values = [account.id.as_str(), &account.name, &json(account)?];
        match run(&mut *self.writer.lock().await, sql, &values).await {
            Err(Fault::Sql(sqlx::Error::Database(error))) if error.is_unique_violation() => Err(RegistryError::Taken),
            other => Ok(other.map(|_| ())?),
        }
    }

    async fn erase_account(&self, id: &AccountId) -> Result<(), RegistryError> {
        let sql = "delete from registry_account where id = $1";
        run(&mut *self.writer.lock().await, sql, &[id.as_str()]).await?;
        Ok(())
    }

    async fn open_session(&self, session: &Session) -> Result<(), RegistryError> {
        let sql = "insert into registry_session (digest, account, expires, body) values ($1, $2, $3, $4)";
        let values = [session.digest.as_str(), session.account.as_str(), &time(session.expires), &json(session)?];
        run(&mut *self.writer.lock().await, sql, &values).await?;
        Ok(())
    }

    async fn session(&self, digest: &Digest) -> Result<Option<Session>, RegistryError> {
        let sql = "select body, expires from registry_session where digest = $1";
        let row: Option<(String, DateTime<Utc>)> = sqlx::query_as(sql)
            .bind(digest.as_str())
            .fetch_optional(&mut *self.reader().await)
            .await
            .map_err(Fault::from)?;
        Ok(row
            .map(|(body, expires)| Ok(Session { expires, ..from_json(&body)? }))
            .transpose()
            .map_err(|it: Fault| it)?)
    }

    async fn extend_session(&self, digest: &Digest, expires: DateTime<Utc>) -> Result<(), RegistryError> {
        let sql = "update registry_session set expires = $2 where digest = $1";
        run(&mut *self.writer.lock().await, sql, &[digest.as_str(), &time(expires)]).await?;
        Ok(())
    }

    async fn close_session(&self, digest: &Digest) -> Result<(), RegistryError> {
        let sql = "delete from registry_session where digest = $1";
        run(&mut *self.writer.lock().await, sql, &[digest.as_str()]).await?;
        Ok(())
    }

    async fn close_sessions(&self, account: &AccountId) -> Result<(), RegistryError> {
        let sql = "delete from registry_session where account = $1";
        run(&mut *self.writer.lock().await, sql, &[account.as_str()]).await?;
        Ok(())
    }

    async fn connections(&self) -> Result<Vec<Connection>, RegistryError> {
        Ok(bodies(&mut *self.reader().await, "select body from registry_connection order by name, id", &[]).await?)
    }

    async fn connection(&self, id: &ConnectionId) -> Result<Option<Connection>, RegistryError> {
        let sql = "select body from registry_connection where id = $1";
        Ok(body(&mut *self.reader().await, sql, &[id.as_str()]).await?)
    }

    async fn put_connection(&self, connection: &Connection) -> Result<Connection, RegistryError> {
        let saved = Connection { version: connection.version.saturating_add(1), ..connection.clone() };
        let sql = if connection.version == 0 {
            "insert into registry_connection (id, name, version, body) values ($1, $2, $3 + 1, $4)
             on conflict (id) do nothing"
        } else {
            "update registry_connection set name = $2, version = version + 1, body = $4 where id = $1 and version = $3"
        };
        let done = sqlx::query(sql)
            .bind(saved.id.as_str())
            .bind(&saved.name)
            .bind(connection.version)
            .bind(json(&saved)?)
            .execute(&mut *self.writer.lock().await)
            .await
            .map_err(Fault::from)?;
        if done.rows_affected() == 1 { Ok(saved) } else { Err(RegistryError::Overtaken) }
    }

    async fn erase_connection(&self, id: &ConnectionId) -> Result<(), RegistryError> {
        Ok(erase(&mut *self.writer.lock().await, id).await?)
    }

    fn tables(&self) -> &'static [&'static str] {
        &STATE
    }

    async fn known(
        &self,
        id: &ConnectionId,
        table: &str,
        after: u32,
        most: u32,
    ) -> Result<Vec<serde_json::Value>, RegistryError> {
        Ok(dossier::rows(&mut *self.reader().await, id, table, after, most).await?)
    }

    async fn health(&self, id: &ConnectionId) -> Result<Option<serde_json::Value>, RegistryError> {
        let sql = "select health from registry_connection where id = $1 and health is not null";
        Ok(body(&mut *self.reader().await, sql, &[id.as_str()]).await?)
    }

    async fn put_health(&self, id: &ConnectionId, health: &serde_json::Value) -> Result<(), RegistryError> {
        let sql = "update registry_connection set health = $2 where id = $1";
        run(&mut *self.writer.lock().await, sql, &[id.as_str(), &json(health)?]).await?;
        Ok(())
    }

    async fn members(&self, id: &ConnectionId) -> Result<Vec<(AccountId, Role)>, RegistryError> {
        let sql = "select account, role from registry_member where connection = $1 order by account";
        Ok(roles(&mut *self.reader().await, sql, id.as_str(), AccountId::new).await?)
    }

    async fn memberships(&self, account: &AccountId) -> Result<Vec<(ConnectionId, Role)>, RegistryError> {
        let sql = "select connection, role from registry_member where account = $1 order by connection";
        Ok(roles(&mut *self.reader().await, sql, account.as_str(), ConnectionId::new).await?)
    }

    async fn set_member(
        &self,
        id: &ConnectionId,
        account: &AccountId,
        role: Option<Role>,
    ) -> Result<(), RegistryError> {
        let writer = &mut *self.writer.lock().await;
        match role {
            Some(role) => {
                let sql = "insert into registry_member (connection, account, role)
                           select c.id, a.id, $3 from registry_connection c, registry_account a
                           where c.id = $1 and a.id = $2
                           on conflict (connection, account) do update set role = excluded.role";
                run(writer, sql, &[id.as_str(), account.as_str(), role.word()]).await?
            }
            None => {
                let sql = "delete from registry_member where connection = $1 and account = $2";
                run(writer, sql, &[id.as_str(), account.as_str()]).await?
            }
        };
        Ok(())
    }

    async fn tokens(&self, id: &ConnectionId) -> Result<Vec<ApiToken>, RegistryError> {
        let sql = "select body from registry_token where connection = $1 order by n desc";
        Ok(bodies(&mut *self.reader().await, sql, &[id.as_str()]).await?)
    }

    async fn token(&self, digest: &Digest) -> Result<Option<ApiToken>, RegistryError> {
        let sql = "select body from registry_token where digest = $1";
        Ok(body(&mut *self.reader().await, sql, &[digest.as_str()]).await?)
    }

    async fn put_token(&self, token: &ApiToken) -> Result<(), RegistryError> {
        let sql = "insert into registry_token (id, digest, connection, body) values ($1, $2, $3, $4)";
        let values = [&token.id, token.digest.as_str(), token.connection.as_str(), &json(token)?];
        run(&mut *self.writer.lock().await, sql, &values).await?;
        Ok(())
    }

    async fn revoke_token(&self, connection: &ConnectionId, id: &str) -> Result<(), RegistryError> {
        let sql = "delete from registry_token where connection = $1 and id = $2";
        run(&mut *self.writer.lock().await, sql, &[connection.as_str(), id]).await?;
        Ok(())
    }

    async fn claim(&self, key: &AnswerKey, fingerprint: &Digest, now: DateTime<Utc>) -> Result<Claim, RegistryError> {
        let writer = &mut *self.writer.lock().await;
        let sql = "insert into registry_answer (connection, key, fingerprint, at) values ($1, $2, $3, $4)
                   on conflict (connection, key) do nothing";
        let at = time(now);
        if run(writer, sql, &[key.connection.as_str(), &key.key, fingerprint.as_str(), &at]).await? == 1 {
            return Ok(Claim::Yours);
        }
        let sql = "select fingerprint, body from registry_answer where connection = $1 and key = $2";
        let row: Option<(String, Option<String>)> = sqlx::query_as(sql)
            .bind(key.connection.as_str())
            .bind(&key.key)
            .fetch_optional(writer)
            .await
            .map_err(Fault::from)?;
        Ok(match row {
            Some((asked, _)) if asked != fingerprint.as_str() => Claim::Another,
            Some((_, Some(body))) => Claim::Answered(from_json(&body)?),
            Some((_, None)) | None => Claim::UnderWay,
        })
    }

    async fn settle(&self, key: &AnswerKey, answer: Option<&Answer>) -> Result<(), RegistryError> {
        let writer = &mut *self.writer.lock().await;
        let place = [key.connection.as_str(), key.key.as_str()];
        match answer {
            Some(answer) => {
                let sql = "update registry_answer set body = $3 where connection = $1 and key = $2";
                run(writer, sql, &[place[0], place[1], &json(answer)?]).await?
            }
            None => run(writer, "delete from registry_answer where connection = $1 and key = $2", &place).await?,
        };
        Ok(())
    }

    async fn failures(&self, who: &str) -> Result<Option<Failures>, RegistryError> {
        let sql = "select count, last from registry_failure where who = $1";
        let row: Option<(u32, DateTime<Utc>)> =
            sqlx::query_as(sql).bind(who).fetch_optional(&mut *self.reader().await).await.map_err(Fault::from)?;
        Ok(row.map(|(count, last)| Failures { count, last }))
    }

    async fn failed(&self, who: &str, now: DateTime<Utc>) -> Result<(), RegistryError> {
        let sql = "insert into registry_failure (who, count, last) values ($1, 1, $2)
                   on conflict (who) do update set count = count + 1, last = excluded.last";
        run(&mut *self.writer.lock().await, sql, &[who, &time(now)]).await?;
        Ok(())
    }

    async fn forgive(&self, who: &str) -> Result<(), RegistryError> {
        run(&mut *self.writer.lock().await, "delete from registry_failure where who = $1", &[who]).await?;
        Ok(())
    }

    async fn note(&self, note: &Note) -> Result<(), RegistryError> {
        let sql = "insert into registry_note (connection, body) values ($1, $2)";
        let connection = note.connection.as_ref().map(ConnectionId::as_str);
        let query = sqlx::query(sql).bind(connection).bind(json(note)?);
        query.execute(&mut *self.writer.lock().await).await.map_err(Fault::from)?;
        Ok(())
    }

    async fn notes(&self, connection: Option<&ConnectionId>, limit: u32) -> Result<Vec<Note>, RegistryError> {
        let sql = "select body from registry_note where $1 is null or connection = $1 order by n desc limit $2";
        let query = sqlx::query(sql).bind(connection.map(ConnectionId::as_str)).bind(limit);
        let rows = query.fetch_all(&mut *self.reader().await).await.map_err(Fault::from)?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn sweep(&self, now: DateTime<Utc>) -> Result<(), RegistryError> {
        let writer = &mut *self.writer.lock().await;
        let yesterday = time(now - Duration::days(1));
        run(writer, "delete from registry_session where expires < $1", &[&time(now)]).await?;
        run(writer, "delete from registry_answer where at < $1", &[&yesterday]).await?;
        run(writer, "delete from registry_failure where last < $1", &[&yesterday]).await?;
        Ok(())
    }
}

/// In one form, so that times compare as texts.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// The file is built anew afterwards: what was erased, and earlier forms of it, would stand in its free pages otherwise.
async fn erase(connection: &mut SqliteConnection, id: &ConnectionId) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let own = format!("{id}/%");
    for table in STATE.iter().chain(&["lease"]) {
        let sql = sqlx::AssertSqlSafe(format!("delete from {table} where pair like $1"));
        sqlx::query(sql).bind(&own).execute(&mut *transaction).await?;
    }
    for sql in ["delete from registry_note where connection = $1", "delete from registry_connection where id = $1"] {
        run(&mut transaction, sql, &[id.as_str()]).await?;
    }
    transaction.commit().await?;
    sqlx::query("vacuum").execute(&mut *connection).await?;
    // Whoever reads meanwhile keeps a part of the log for a moment; the next checkpoint writes over it.
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut *connection).await?;
    Ok(())
}

async fn run(connection: &mut SqliteConnection, sql: &'static str, values: &[&str]) -> Result<u64, Fault> {
    let query = values.iter().fold(sqlx::query(sql), |query, value| query.bind(*value));
    Ok(query.execute(connection).await?.rows_affected())
}

async fn rows(connection: &mut SqliteConnection, sql: &'static str, values: &[&str]) -> Result<Vec<SqliteRow>, Fault> {
    let query = values.iter().fold(sqlx::query(sql), |query, value| query.bind(*value));
    Ok(query.fetch_all(connection).await?)
}

async fn one<T>(connection: &mut SqliteConnection, sql: &'static str, values: &[&str]) -> Result<Option<T>, Fault>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    rows(connection, sql, values).await?.first().map(|row| get(row, 0)).transpose()
}

fn read<T: DeserializeOwned>(row: &SqliteRow) -> Result<T, Fault> {
    from_json(row.try_get(0)?)
}

async fn bodies<T: DeserializeOwned>(
    connection: &mut SqliteConnection,
    sql: &'static str,
    values: &[&str],
) -> Result<Vec<T>, Fault> {
    rows(connection, sql, values).await?.iter().map(read).collect()
}

async fn body<T: DeserializeOwned>(
    connection: &mut SqliteConnection,
    sql: &'static str,
    values: &[&str],
) -> Result<Option<T>, Fault> {
    rows(connection, sql, values).await?.first().map(read).transpose()
}

async fn roles<Id>(
    connection: &mut SqliteConnection,
    sql: &'static str,
    of: &str,
    id: impl Fn(String) -> Id,
) -> Result<Vec<(Id, Role)>, Fault> {
    let found = rows(connection, sql, &[of]).await?;
    found
        .iter()
        .map(|row| {
            let word: String = get(row, 1)?;
            Ok((id(get(row, 0)?), Role::named(&word).ok_or(Fault::Role(word))?))
        })
        .collect()
}

#[cfg(test)]
mod tests;
