-- What persons decided and took back, in the order in which it was said; rows are only ever added. A person may decide
-- before the pair ran for the first time.
create table decision (
    n      integer primary key,
    pair   text    not null,
    module text    not null,
    body   text    not null,
    given  integer not null check (given in (0, 1)),
    author text    not null,
    at     text    not null
) strict;

create index decision_pair on decision (pair, n);

-- How many of a pair's decisions runs took up.
create table taken_up (
    pair      text    not null primary key references lease (pair),
    decisions integer not null
) strict;
