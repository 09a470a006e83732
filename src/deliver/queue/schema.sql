-- The spool of sealpost. Times named `due`, `tried` and `since` are queue time in microseconds (see time.rs); the others are
-- microseconds since 1970.
CREATE TABLE message (
    mid      INTEGER PRIMARY KEY,
    sender   TEXT    NOT NULL, -- empty: the null path
    eightbit INTEGER NOT NULL,
    smtputf8 INTEGER NOT NULL,
    ret      TEXT,             -- FULL or HDRS
    envid    TEXT,             -- xtext
    arrived  INTEGER NOT NULL,
    icid     INTEGER,          -- null: written by the engine itself
    helo     TEXT    NOT NULL,
    address  TEXT,
    over_tls INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    in_file  INTEGER NOT NULL, -- the body is bodies/MID.eml and not in the table body
    since    INTEGER NOT NULL
) STRICT;

CREATE TABLE recipient (
    mid      INTEGER NOT NULL,
    rid      INTEGER NOT NULL,
    address  TEXT    NOT NULL,
    domain   TEXT    NOT NULL,
    notify   TEXT    NOT NULL, -- as in RCPT; empty: not given
    orcpt    TEXT,             -- as in RCPT
    due      INTEGER NOT NULL,
    held     INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    tried    INTEGER,          -- queue time of the last result; null: there was none
    warned   INTEGER NOT NULL, -- the sender was told of the delay
    trouble  TEXT,             -- JSON: why the last attempt failed
    PRIMARY KEY (mid, rid)
) STRICT, WITHOUT ROWID;

CREATE INDEX recipient_due ON recipient (due) WHERE held = 0;
CREATE INDEX recipient_domain ON recipient (domain, due);

CREATE TABLE body (
    mid   INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- Numbers below `reserved` may have been given.
CREATE TABLE number (
    kind     TEXT PRIMARY KEY,
    reserved INTEGER NOT NULL
) STRICT;

-- The last reading of both clocks.
CREATE TABLE clock (
    id    INTEGER PRIMARY KEY CHECK (id = 0),
    queue INTEGER NOT NULL,
    wall  INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 1;
