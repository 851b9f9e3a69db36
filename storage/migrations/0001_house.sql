-- Times are INTEGER milliseconds UTC (…_at) or ISO dates (…_on). Sort keys are computed in Python, so plain byte order sorts.

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- One way in. A body is blanked once its turn is done: it holds what a person typed.
CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  update_id TEXT NOT NULL,
  address TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  incident TEXT,
  UNIQUE (channel, update_id)
) STRICT;
CREATE INDEX inbox_new ON inbox (seq) WHERE state = 'new';

-- One way out. States and their arrows: docs/delivery.md.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  dedupe_key TEXT NOT NULL UNIQUE,
  lane INTEGER NOT NULL CHECK (lane BETWEEN 0 AND 3),
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  payload TEXT NOT NULL,
  not_before INTEGER NOT NULL,
  expires_at INTEGER,
  on_unknown TEXT NOT NULL CHECK (on_unknown IN ('resend', 'hold')),
  state TEXT NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'held', 'expired', 'cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  epoch TEXT,
  claimed_at INTEGER,
  external_id TEXT,
  error TEXT,
  CHECK ((state = 'sending') <= (epoch IS NOT NULL AND claimed_at IS NOT NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (channel, lane, id) WHERE state = 'pending';
CREATE INDEX outbox_later ON outbox (channel, not_before) WHERE state = 'pending' AND not_before > 0;
CREATE INDEX outbox_waiting ON outbox (address) WHERE state = 'pending';
CREATE INDEX outbox_retry ON outbox (address) WHERE state = 'pending' AND error IS NOT NULL;
-- Without the state: each answer changes it three times, and an index that holds it would change along.
CREATE INDEX outbox_address ON outbox (address);

-- Who is behind an address, once they agreed to be known or chose a language.
CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  language TEXT NOT NULL,
  reachable INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

-- Authority comes from this table (and the configured administrators) alone.
CREATE TABLE roles (
  address TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('officer', 'admin')),
  unit_id INTEGER REFERENCES units (id),
  granted_at INTEGER NOT NULL,
  granted_by TEXT NOT NULL,
  PRIMARY KEY (address, role)
) STRICT;

-- The open question of an address. The row is the truth: nothing of it lives in memory.
CREATE TABLE conversations (
  address TEXT PRIMARY KEY,
  form TEXT NOT NULL,
  step TEXT NOT NULL,
  answers TEXT NOT NULL,
  options TEXT NOT NULL,
  version INTEGER NOT NULL,
  language TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_expiry ON conversations (expires_at);

CREATE TABLE units (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 32),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  aliases TEXT NOT NULL DEFAULT '',
  parent_id INTEGER REFERENCES units (id),
  sort_key TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT
) STRICT;
CREATE INDEX units_parent ON units (parent_id, sort_key);

CREATE TABLE donors (
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL UNIQUE REFERENCES people (id) ON DELETE CASCADE,
  full_name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  unit_id INTEGER REFERENCES units (id),
  unit_text TEXT NOT NULL DEFAULT '',
  birth_on TEXT,
  birth_year INTEGER NOT NULL,
  birth_precision TEXT NOT NULL CHECK (birth_precision IN ('date', 'year', 'age')),
  birth_said_on TEXT,
  sex TEXT NOT NULL CHECK (sex IN ('M', 'F')),
  abo TEXT NOT NULL CHECK (abo IN ('O', 'A', 'B', 'AB', '?')),
  rh TEXT NOT NULL CHECK (rh IN ('+', '-', '?')),
  group_source TEXT NOT NULL DEFAULT 'declared' CHECK (group_source IN ('declared', 'certificate', 'facility')),
  donations INTEGER NOT NULL CHECK (donations BETWEEN 0 AND 200),
  last_donation TEXT,
  phone TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((unit_id IS NULL) <> (unit_text = '')),
  CHECK ((birth_precision = 'date') = (birth_on IS NOT NULL)),
  CHECK ((birth_precision = 'age') >= (birth_said_on IS NOT NULL)),
  CHECK (donations > 0 OR last_donation IS NULL)
) STRICT;
CREATE INDEX donors_list ON donors (name_key, id);
CREATE INDEX donors_unit ON donors (unit_id, name_key, id);

-- The proof of consent outlives an erasure, so it names a keyed hash of the address, never the person.
CREATE TABLE consents (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  purpose TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('given', 'withdrawn')),
  text_version TEXT NOT NULL,
  channel TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_subject ON consents (subject, id);

-- What stays of those who asked to be forgotten: a count.
CREATE TABLE forgotten (
  year INTEGER NOT NULL,
  unit_id INTEGER NOT NULL DEFAULT 0,
  donors INTEGER NOT NULL CHECK (donors > 0),
  donations INTEGER NOT NULL CHECK (donations >= 0),
  PRIMARY KEY (year, unit_id)
) STRICT;

CREATE TABLE rounds (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  occasion TEXT NOT NULL DEFAULT '',
  held_on TEXT NOT NULL,
  tentative INTEGER NOT NULL DEFAULT 0 CHECK (tentative IN (0, 1)),
  opens TEXT NOT NULL DEFAULT '',
  closes TEXT NOT NULL DEFAULT '',
  place TEXT NOT NULL,
  place_address TEXT NOT NULL DEFAULT '',
  lat REAL,
  lon REAL,
  target INTEGER,
  deadline_on TEXT,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'done', 'cancelled')),
  CHECK ((lat IS NULL) = (lon IS NULL))
) STRICT;
CREATE INDEX rounds_date ON rounds (held_on, id);
-- The units that a round invites, with all below them; a round without a row here invites everybody.
CREATE TABLE round_units (
  round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
  unit_id INTEGER NOT NULL REFERENCES units (id),
  PRIMARY KEY (round_id, unit_id)
) STRICT;

-- Who did what that touches others' data. Append only.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append only'); END;
CREATE TRIGGER consents_keep BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, 'consents is append only'); END;
CREATE TRIGGER consents_stay BEFORE DELETE ON consents BEGIN SELECT RAISE(ABORT, 'consents is append only'); END;

-- Small facts the program keeps about itself: polling offsets, last successful poll, revision of the units.
CREATE TABLE marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- The web chat is its own platform: what it delivered must survive a reload.
-- AUTOINCREMENT: whoever was forgotten takes the newest rows along, and open pages take a number that comes again for old news.
CREATE TABLE bubbles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,
  outbox_id INTEGER UNIQUE,
  client_id TEXT,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (address, client_id)
) STRICT;
CREATE INDEX bubbles_address ON bubbles (address, id);
