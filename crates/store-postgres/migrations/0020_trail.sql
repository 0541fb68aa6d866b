-- The trail: every change of links, baselines and writes, in order; each entry's hash covers the one before. No entry is
-- ever changed; they go only when everything of their pair does.
create table afstem.trail (
    pair text collate "C" not null,
    n    bigint not null,
    run  text collate "C" not null,
    body text not null,
    hash text collate "C" not null,
    primary key (pair, n)
);

create index trail_run on afstem.trail (pair, run);

create function afstem.trail_stands() returns trigger language plpgsql as $$
begin
    raise exception 'an entry of the trail is never changed';
end
$$;

create trigger trail_stands before update on afstem.trail
    for each row execute function afstem.trail_stands();

create index intent_run on afstem.intent (pair, run);

-- Saved plans that were carried out: each can be once.
create table afstem.spent (
    pair text collate "C" not null,
    plan text collate "C" not null,
    run  text collate "C" not null,
    at   timestamptz not null,
    primary key (pair, plan)
);

-- Writes that failed when they were last tried, by the system written to and the record carried over.
create table afstem.failure (
    pair text collate "C" not null,
    side text collate "C" not null check (side in ('left', 'right')),
    kind text collate "C" not null,
    id   text collate "C" not null,
    body text not null,
    primary key (pair, side, kind, id)
);

-- Pairs that ran before this database was made.
create table afstem.earlier_life (
    pair text collate "C" primary key,
    at   timestamptz not null
);
