-- What a server remembers beside the pairs: who may do what with which connection. Bodies are JSON as `tenancy` writes it.

create table afstem.registry_account (
    id   text not null primary key,
    name text not null unique,
    body text not null
);

create table afstem.registry_session (
    digest  text not null primary key,
    account text not null references afstem.registry_account (id) on delete cascade,
    expires timestamptz not null,
    body    text not null
);

create table afstem.registry_connection (
    id      text    not null primary key,
    name    text    not null,
    version bigint not null,
    body    text    not null,
    health  text
);

create table afstem.registry_member (
    connection text not null references afstem.registry_connection (id) on delete cascade,
    account    text not null references afstem.registry_account (id) on delete cascade,
    role       text not null,
    primary key (connection, account)
);

create index registry_member_account on afstem.registry_member (account);

create table afstem.registry_token (
    n          bigint generated always as identity primary key,
    id         text not null unique,
    digest     text not null unique,
    connection text not null references afstem.registry_connection (id) on delete cascade,
    body       text not null
);

-- An answer without a body is being worked on.
create table afstem.registry_answer (
    connection  text not null references afstem.registry_connection (id) on delete cascade,
    key         text not null,
    fingerprint text not null,
    at          timestamptz not null,
    body        text,
    primary key (connection, key)
);

create table afstem.registry_failure (
    who   text    not null primary key,
    count bigint not null,
    last  timestamptz not null
);

create table afstem.registry_note (
    n          bigint generated always as identity primary key,
    connection text,
    body       text not null
);

create index registry_note_connection on afstem.registry_note (connection, n);
