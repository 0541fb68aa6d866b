-- What persons decided and took back, in the order in which it was said; rows are only ever added. A person may decide
-- before the pair ran for the first time.
create table afstem.decision (
    n      bigint generated always as identity primary key,
    pair   text collate "C" not null,
    module text collate "C" not null,
    body   text not null,
    given  boolean not null,
    author text not null,
    at     timestamptz not null
);

create index decision_pair on afstem.decision (pair, n);

-- How many of a pair's decisions runs took up.
create table afstem.taken_up (
    pair      text collate "C" primary key,
    decisions bigint not null
);
