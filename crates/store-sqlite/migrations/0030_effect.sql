-- What happened, or may have happened, to an invoice for good: one row for each invoice and effect.
create table effect (
    pair text not null references lease (pair),
    kind text not null,
    id text not null,
    name text not null,
    body text not null,
    primary key (pair, kind, id, name)
) strict;
