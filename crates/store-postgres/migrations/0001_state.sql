-- Everything remembered of every pair. Bodies are JSON as `sync-model` and `sync-run` write it; they are kept as text,
-- because `jsonb` refuses characters that a system's records may hold. Keys compare by their bytes in every locale.

-- Who may change a pair's state. The row stays when the lease is given back, so that the epoch never repeats.
create table afstem.lease (
    pair  text collate "C" primary key,
    epoch bigint not null,
    run   text,
    until timestamptz,
    check ((run is null) = (until is null))
);

create table afstem.run (
    n       bigint generated always as identity primary key,
    pair    text collate "C" not null references afstem.lease (pair),
    run     text collate "C" not null,
    started timestamptz not null,
    ended   timestamptz,
    summary text not null,
    unique (pair, run)
);

-- The mirror: every record of both sides as it was last seen.
create table afstem.record (
    pair    text collate "C" not null,
    side    text collate "C" not null check (side in ('left', 'right')),
    kind    text collate "C" not null,
    id      text collate "C" not null,
    body    text not null,
    deleted boolean not null,
    dirty   boolean not null,
    primary key (pair, side, kind, id)
);

create index record_dirty on afstem.record (pair, side, kind, id) where dirty;

-- One record has at most one link, for ever: the two constraints below are property P21.
create table afstem.link (
    n          bigint generated always as identity primary key,
    pair       text collate "C" not null,
    module     text collate "C" not null,
    left_kind  text collate "C" not null,
    left_id    text collate "C" not null,
    right_kind text collate "C" not null,
    right_id   text collate "C" not null,
    evidence   text not null,
    state      text not null,
    review     boolean not null,
    baseline   text,
    unique (pair, left_kind, left_id),
    unique (pair, right_kind, right_id)
);

create table afstem.cursor (
    pair   text collate "C" not null,
    side   text collate "C" not null,
    kind   text collate "C" not null,
    cursor text not null,
    primary key (pair, side, kind)
);

create table afstem.schema (
    pair text collate "C" not null,
    side text collate "C" not null,
    body text not null,
    at   timestamptz not null,
    primary key (pair, side)
);

-- The journal of writes. `kind` and `id` name the written record; of a new record they are known once it was made.
create table afstem.intent (
    n            bigint generated always as identity primary key,
    pair         text collate "C" not null,
    run          text collate "C" not null,
    intent       text collate "C" not null,
    side         text collate "C" not null check (side in ('left', 'right')),
    kind         text collate "C" not null,
    id           text collate "C",
    other_kind   text collate "C" not null,
    other_id     text collate "C" not null,
    body         text not null,
    outcome      text,
    concluded_at timestamptz,
    unique (pair, intent),
    foreign key (pair, run) references afstem.run (pair, run),
    check ((outcome is null) = (concluded_at is null))
);

create index intent_unfinished on afstem.intent (pair, n) where outcome is null;
create index intent_written on afstem.intent (pair, side, kind, id);
create index intent_other on afstem.intent (pair, other_kind, other_id);

create table afstem.finding (
    n      bigint generated always as identity primary key,
    pair   text collate "C" not null,
    module text collate "C" not null,
    body   text not null,
    since  timestamptz not null
);

create index finding_module on afstem.finding (pair, module);
