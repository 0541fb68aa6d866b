-- What the mapping of a pair was last checked against without anything held.
create table afstem.checked (
    pair text collate "C" primary key,
    body text not null
);
