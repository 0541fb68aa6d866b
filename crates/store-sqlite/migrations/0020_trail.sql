-- The trail: every change of links, baselines and writes, in order; each entry's hash covers the one before. No entry is
-- ever changed; they go only when everything of their pair does.
create table trail (
    pair text    not null references lease (pair),
    n    integer not null,
    run  text    not null,
    body text    not null,
    hash text    not null,
    primary key (pair, n)
) strict;

create index trail_run on trail (pair, run);

create trigger trail_stands before update on trail begin
    select raise(abort, 'an entry of the trail is never changed');
end;

create index intent_run on intent (pair, run);

-- Saved plans that were carried out: each can be once.
create table spent (
    pair text not null references lease (pair),
    plan text not null,
    run  text not null,
    at   text not null,
    primary key (pair, plan)
) strict, without rowid;

-- Writes that failed when they were last tried, by the system written to and the record carried over.
create table failure (
    pair text not null references lease (pair),
    side text not null check (side in ('left', 'right')),
    kind text not null,
    id   text not null,
    body text not null,
    primary key (pair, side, kind, id)
) strict, without rowid;

-- Pairs that ran before this database was made.
create table earlier_life (
    pair text not null primary key references lease (pair),
    at   text not null
) strict, without rowid;
