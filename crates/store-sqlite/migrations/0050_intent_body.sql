-- What an intent says is written once and never again; what becomes of it changes the small row only.
create table intent_body (
    n    integer primary key references intent (n) on delete cascade,
    pair text not null,
    body text not null
) strict;

insert into intent_body (n, pair, body) select n, pair, body from intent;

alter table intent drop column body;
