-- The log of all conversations and what is derived from it.  Times are milliseconds since 1970 (UTC).

CREATE TABLE meta(
  name  TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- The epoch tells clients whether their positions still mean something; only a restore from a backup changes it.
INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(8)))), ('checkpoint', 0), ('schema_version', 0);

CREATE TABLE conversation(
  id        TEXT PRIMARY KEY,
  visitor   TEXT NOT NULL,
  profile   TEXT NOT NULL,          -- model.Visitor as JSON, as he was when he opened it
  bundle    TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX conversation_open ON conversation(visitor) WHERE closed_at IS NULL;
CREATE INDEX conversation_of_visitor ON conversation(visitor, opened_at);
CREATE INDEX conversation_by_time ON conversation(opened_at);

-- The rowid is the position in the order of commits: meta.checkpoint is one of them.
CREATE TABLE log(
  id           INTEGER PRIMARY KEY,
  conversation TEXT NOT NULL,
  seq          INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  audience     INTEGER NOT NULL,
  visitor_prev INTEGER NOT NULL,
  staff_prev   INTEGER NOT NULL,
  sender       TEXT,
  cid          TEXT,
  body         TEXT NOT NULL,       -- records.Record as JSON
  CHECK (cid IS NULL OR sender IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX log_by_seq ON log(conversation, seq);
-- The client id comes first: it grows with time, so new rows meet in few pages (twice as fast as the other order).
CREATE UNIQUE INDEX log_by_cid ON log(cid, sender) WHERE cid IS NOT NULL;

CREATE TABLE checkpoint(
  conversation TEXT PRIMARY KEY,
  seq          INTEGER NOT NULL,    -- the last entry that the snapshot contains
  bundle       TEXT NOT NULL,
  due          INTEGER,
  waiting      INTEGER NOT NULL,
  held         INTEGER NOT NULL,
  ai           INTEGER NOT NULL,
  body         TEXT NOT NULL        -- model.Checkpoint as JSON
) STRICT;

CREATE TABLE mark(
  conversation TEXT NOT NULL,
  reader       TEXT NOT NULL,
  delivered    INTEGER NOT NULL,
  read         INTEGER NOT NULL,
  PRIMARY KEY (conversation, reader)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundle(
  id     TEXT PRIMARY KEY,
  source BLOB NOT NULL,
  at     INTEGER NOT NULL
) STRICT;
