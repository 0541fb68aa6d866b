-- What happened, or may have happened, to an invoice for good: one row for each invoice and effect.
create table afstem.effect (
    pair text collate "C" not null,
    kind text collate "C" not null,
    id text collate "C" not null,
    name text collate "C" not null,
    body text not null,
    primary key (pair, kind, id, name)
);
