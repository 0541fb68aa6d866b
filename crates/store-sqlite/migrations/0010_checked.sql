-- What the mapping of a pair was last checked against without anything held.
create table checked (
    pair text not null primary key references lease (pair),
    body text not null
) strict;
