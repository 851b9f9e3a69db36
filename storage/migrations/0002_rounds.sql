-- The plan of the year, who takes part, what they are to be told and when.

-- Further places of "A hoặc B", leading and executing units: one name a line. `reminders` NULL: as configured.
-- `version` moves whenever something changes that those who joined were told.
ALTER TABLE rounds ADD COLUMN place_or TEXT NOT NULL DEFAULT '';
ALTER TABLE rounds ADD COLUMN yield_percent INTEGER CHECK (yield_percent BETWEEN 1 AND 100);
ALTER TABLE rounds ADD COLUMN capacity INTEGER CHECK (capacity > 0);
ALTER TABLE rounds ADD COLUMN leading TEXT NOT NULL DEFAULT '';
ALTER TABLE rounds ADD COLUMN executing TEXT NOT NULL DEFAULT '';
ALTER TABLE rounds ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE rounds ADD COLUMN reminders TEXT;
ALTER TABLE rounds ADD COLUMN rule_set TEXT NOT NULL DEFAULT '';
ALTER TABLE rounds ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0);

-- What happens where and when: a ceremony in one hall, the donation in another house.
CREATE TABLE round_parts (
  round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  opens TEXT NOT NULL DEFAULT '',
  closes TEXT NOT NULL DEFAULT '',
  place TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (round_id, position)
) STRICT;

-- Hours of arrival ("HH:MM") with the people that each takes.
CREATE TABLE round_slots (
  round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
  starts TEXT NOT NULL,
  capacity INTEGER NOT NULL CHECK (capacity > 0),
  PRIMARY KEY (round_id, starts)
) STRICT;

-- Who changed what of a round. Append only but for `told`: 0 until everybody who joined has a message about it in line.
CREATE TABLE round_changes (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('created', 'edited', 'opened', 'closed', 'done', 'cancelled', 'split')),
  detail TEXT NOT NULL,
  told INTEGER NOT NULL DEFAULT 1 CHECK (told IN (0, 1))
) STRICT;
CREATE INDEX round_changes_round ON round_changes (round_id, id);
CREATE INDEX round_changes_untold ON round_changes (id) WHERE told = 0;

-- One answer a person and round. `certain` holds a seat, `offered` holds one until `offer_until`; `maybe` holds none.
-- `version`: of the round, as the person knew it when they last answered; below the round's they are asked again.
-- `explained`: they said why they did not come; what they said is counted in `absences`, and nowhere beside their name.
CREATE TABLE joins (
  id INTEGER PRIMARY KEY,
  round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('certain', 'waiting', 'offered', 'maybe', 'no', 'left')),
  slot TEXT NOT NULL DEFAULT '',
  code TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  not_yet TEXT,
  outcome TEXT CHECK (outcome IN ('gave', 'deferred', 'absent')),
  explained INTEGER NOT NULL DEFAULT 0 CHECK (explained IN (0, 1)),
  joined_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  queued_at INTEGER,
  offer_until INTEGER,
  UNIQUE (round_id, person_id),
  CHECK ((state = 'offered') = (offer_until IS NOT NULL)),
  CHECK ((state = 'waiting') <= (queued_at IS NOT NULL))
) STRICT;
CREATE INDEX joins_person ON joins (person_id, round_id);
CREATE INDEX joins_seats ON joins (round_id, state, queued_at, id);
CREATE INDEX joins_offers ON joins (offer_until) WHERE state = 'offered';

-- Why people did not come: counts, attached to nobody.
CREATE TABLE absences (
  round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  people INTEGER NOT NULL CHECK (people > 0),
  PRIMARY KEY (round_id, reason)
) STRICT;

-- What a person wants to be told. `eligible`: agreed to hear when they may give again; `skip`: days of reminders they do
-- without ("7 3"); `paused_until`: first local day on which reminders come again; `ignored`: eligibility notices without an answer in a row.
CREATE TABLE notice_settings (
  person_id INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  eligible INTEGER NOT NULL DEFAULT 0 CHECK (eligible IN (0, 1)),
  skip TEXT NOT NULL DEFAULT '',
  paused_until TEXT,
  ignored INTEGER NOT NULL DEFAULT 0 CHECK (ignored >= 0)
) STRICT;

-- How far the planning of one notice has come: nobody is looked at twice, and a plan that was cut off goes on where it was.
CREATE TABLE notice_runs (
  key TEXT PRIMARY KEY,
  cursor INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
  at INTEGER NOT NULL
) STRICT;

-- `last_kind`: what was given last; `deferred_until`, `stopped`, `ask_staff`: all that a self-check leaves behind;
-- `eligible_on`: the first day on which, by these facts and the usual rules, the person may give whole blood again.
ALTER TABLE donors ADD COLUMN last_kind TEXT NOT NULL DEFAULT 'whole'
  CHECK (last_kind IN ('whole', 'red_cells', 'plasma', 'platelets', 'granulocytes', 'stem_cells'));
ALTER TABLE donors ADD COLUMN deferred_until TEXT;
ALTER TABLE donors ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1));
ALTER TABLE donors ADD COLUMN ask_staff INTEGER NOT NULL DEFAULT 0 CHECK (ask_staff IN (0, 1));
ALTER TABLE donors ADD COLUMN eligible_on TEXT;
CREATE INDEX donors_phone ON donors (phone);
CREATE INDEX donors_eligible ON donors (eligible_on, id) WHERE eligible_on IS NOT NULL;

-- Files that officers send. `held`: here, and nobody has asked yet to have it read; `new`: to be read; `read`: `result` is what
-- stands in it; `failed`: nothing could be read; `done`: the officer has decided. The body goes once it is read, the row a week later.
CREATE TABLE uploads (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  remote TEXT NOT NULL DEFAULT '',
  body BLOB,
  state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('held', 'new', 'read', 'failed', 'done')),
  result TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_new ON uploads (id) WHERE state = 'new';
CREATE INDEX uploads_address ON uploads (address, id);
