-- The configurations that were live, in the order in which they became so.  Times are milliseconds since 1970 (UTC).

CREATE TABLE config(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  at         INTEGER NOT NULL,
  by         TEXT NOT NULL,
  file       TEXT NOT NULL,
  text       TEXT NOT NULL,         -- kefu.yaml as it was
  sha256     TEXT NOT NULL,         -- of the text
  bundle     TEXT NOT NULL,
  summary    TEXT NOT NULL,         -- what changed, {"zh": ..., "en": ...}
  aliases    TEXT NOT NULL,         -- queues by their former names, {"old": "new"}
  outcome    TEXT NOT NULL CHECK (outcome IN ('live', 'past', 'reverted', 'rolled_back')),
  confirm_by INTEGER                -- until when it must be confirmed; NULL when it need not
) STRICT;
CREATE UNIQUE INDEX config_live ON config(outcome) WHERE outcome = 'live';
