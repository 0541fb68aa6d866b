-- Everything remembered of every pair. Times are RFC 3339 in UTC; bodies are JSON as `sync-model` and `sync-run` write it.

-- Who may change a pair's state. The row stays when the lease is given back, so that the epoch never repeats.
create table lease (
    pair  text    not null primary key,
    epoch integer not null,
    run   text,
    until text,
    check ((run is null) = (until is null))
) strict, without rowid;

create table run (
    n       integer primary key,
    pair    text not null references lease (pair),
    run     text not null,
    started text not null,
    ended   text,
    summary text not null,
    unique (pair, run)
) strict;

-- The mirror: every record of both sides as it was last seen.
create table record (
    pair    text    not null references lease (pair),
    side    text    not null check (side in ('left', 'right')),
    kind    text    not null,
    id      text    not null,
    body    text    not null,
    deleted integer not null check (deleted in (0, 1)),
    dirty   integer not null check (dirty in (0, 1)),
    primary key (pair, side, kind, id)
) strict;

create index record_dirty on record (pair, side, kind, id) where dirty = 1;

-- One record has at most one link, for ever: the two constraints below are property P21.
create table link (
    n          integer primary key,
    pair       text    not null references lease (pair),
    module     text    not null,
    left_kind  text    not null,
    left_id    text    not null,
    right_kind text    not null,
    right_id   text    not null,
    evidence   text    not null,
    state      text    not null,
    review     integer not null check (review in (0, 1)),
    baseline   text,
    unique (pair, left_kind, left_id),
    unique (pair, right_kind, right_id)
) strict;

create table cursor (
    pair   text not null references lease (pair),
    side   text not null,
    kind   text not null,
    cursor text not null,
    primary key (pair, side, kind)
) strict, without rowid;

create table schema (
    pair text not null references lease (pair),
    side text not null,
    body text not null,
    at   text not null,
    primary key (pair, side)
) strict;

-- The journal of writes. `kind` and `id` name the written record; of a new record they are known once it was made.
create table intent (
    n            integer primary key,
    pair         text not null,
    run          text not null,
    intent       text not null,
    side         text not null check (side in ('left', 'right')),
    kind         text not null,
    id           text,
    other_kind   text not null,
    other_id     text not null,
    body         text not null,
    outcome      text,
    concluded_at text,
    unique (pair, intent),
    foreign key (pair, run) references run (pair, run),
    check ((outcome is null) = (concluded_at is null))
) strict;

create index intent_unfinished on intent (pair, n) where outcome is null;
create index intent_written on intent (pair, side, kind, id);
create index intent_other on intent (pair, other_kind, other_id);

create table finding (
    n      integer primary key,
    pair   text not null references lease (pair),
    module text not null,
    body   text not null,
    since  text not null
) strict;

create index finding_module on finding (pair, module);
