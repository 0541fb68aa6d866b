-- What a server remembers beside the pairs: who may do what with which connection. Bodies are JSON as `tenancy` writes it.

create table registry_account (
    id   text not null primary key,
    name text not null unique,
    body text not null
) strict, without rowid;

create table registry_session (
    digest  text not null primary key,
    account text not null references registry_account (id) on delete cascade,
    expires text not null,
    body    text not null
) strict, without rowid;

create table registry_connection (
    id      text    not null primary key,
    name    text    not null,
    version integer not null,
    body    text    not null,
    health  text
) strict, without rowid;

create table registry_member (
    connection text not null references registry_connection (id) on delete cascade,
    account    text not null references registry_account (id) on delete cascade,
    role       text not null,
    primary key (connection, account)
) strict, without rowid;

create index registry_member_account on registry_member (account);

create table registry_token (
    n          integer primary key,
    id         text not null unique,
    digest     text not null unique,
    connection text not null references registry_connection (id) on delete cascade,
    body       text not null
) strict;

-- An answer without a body is being worked on.
create table registry_answer (
    connection  text not null references registry_connection (id) on delete cascade,
    key         text not null,
    fingerprint text not null,
    at          text not null,
    body        text,
    primary key (connection, key)
) strict, without rowid;

create table registry_failure (
    who   text    not null primary key,
    count integer not null,
    last  text    not null
) strict, without rowid;

create table registry_note (
    n          integer primary key,
    connection text,
    body       text not null
) strict;

create index registry_note_connection on registry_note (connection, n);
