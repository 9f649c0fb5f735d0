-- Staff, their logins and small possessions, and what staff knows of visitors.

CREATE TABLE agent(
  id            TEXT PRIMARY KEY,
  login         TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL DEFAULT '',
  body          TEXT NOT NULL       -- model.Agent as JSON
) STRICT;

CREATE TABLE presence(
  agent  TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  at     INTEGER NOT NULL
) STRICT;

CREATE TABLE login(
  key        TEXT PRIMARY KEY,      -- SHA-256 of the cookie's secret
  agent      TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX login_of_agent ON login(agent);

CREATE TABLE invitation(
  key        TEXT PRIMARY KEY,      -- SHA-256 of the link's secret
  agent      TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE quick_reply(
  id       TEXT PRIMARY KEY,
  shortcut TEXT NOT NULL,
  text     TEXT NOT NULL,
  owner    TEXT NOT NULL            -- '' is everybody
) STRICT;

CREATE TABLE visitor(
  id         TEXT PRIMARY KEY,
  body       TEXT,                  -- model.Visitor as JSON
  at         INTEGER NOT NULL DEFAULT 0,
  last_agent TEXT NOT NULL DEFAULT ''
) STRICT;
