-- Officers: units that outlive reforms, who may do what, quotas, broadcasts, lists from paper, questions.
-- AUTOINCREMENT where rows go and an open form may still name one: a number that comes again would be somebody else's.

-- `name` is the official one; `short_name` is what boards print.
ALTER TABLE units ADD COLUMN short_name TEXT NOT NULL DEFAULT '';

-- Whom a unit belongs to, by line and time. 'counts': the line that quotas, lists and authority follow, one at a time; the others
-- report beside it: a health centre that is counted in its district reports to its sector. `valid_from` '' since ever, `valid_to` the last day.
CREATE TABLE unit_links (
  unit_id INTEGER NOT NULL REFERENCES units (id),
  line TEXT NOT NULL CHECK (line IN ('counts', 'admin', 'org', 'reports', 'hosted')),
  parent_id INTEGER NOT NULL REFERENCES units (id),
  valid_from TEXT NOT NULL DEFAULT '',
  valid_to TEXT,
  PRIMARY KEY (unit_id, line, parent_id, valid_from),
  CHECK (unit_id <> parent_id)
) STRICT;
INSERT INTO unit_links (unit_id, line, parent_id) SELECT id, 'counts', parent_id FROM units WHERE parent_id IS NOT NULL;
DROP INDEX units_parent;
ALTER TABLE units DROP COLUMN parent_id;

-- Names that a unit had until a day: papers of that time print them, and people still type them.
CREATE TABLE unit_names (
  unit_id INTEGER NOT NULL REFERENCES units (id),
  name TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  PRIMARY KEY (unit_id, valid_to)
) STRICT;

-- What became of a unit. `new_id` NULL: dissolved, and nothing takes its place. History stays with the old one; reports can follow these.
CREATE TABLE unit_successions (
  id INTEGER PRIMARY KEY,
  old_id INTEGER NOT NULL REFERENCES units (id),
  new_id INTEGER REFERENCES units (id),
  kind TEXT NOT NULL CHECK (kind IN ('merge', 'split', 'dissolve')),
  on_day TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  CHECK (old_id <> new_id),
  CHECK ((kind = 'dissolve') = (new_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX unit_successions_pair ON unit_successions (old_id, coalesce(new_id, 0));

-- What donors typed for their unit, folded, and what an officer made of it; `unit_id` NULL: let it be.
CREATE TABLE unit_texts (
  key TEXT PRIMARY KEY,
  unit_id INTEGER REFERENCES units (id),
  address TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX donors_unit_text ON donors (unit_text) WHERE unit_text <> '';

-- Authority comes from this table (and the configured administrators) alone. A desk helper is bound to a round, a club head to a unit;
-- an officer without a unit manages nothing.
CREATE TABLE grants (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('helper', 'head', 'officer', 'admin')),
  unit_id INTEGER REFERENCES units (id),
  round_id INTEGER REFERENCES rounds (id) ON DELETE CASCADE,
  granted_at INTEGER NOT NULL,
  granted_by TEXT NOT NULL,
  CHECK ((role = 'helper') = (round_id IS NOT NULL)),
  CHECK (role <> 'head' OR unit_id IS NOT NULL),
  CHECK (role IN ('officer', 'head') OR unit_id IS NULL)
) STRICT;
INSERT INTO grants (address, role, unit_id, granted_at, granted_by)
  SELECT address, role, CASE role WHEN 'officer' THEN unit_id END, granted_at, granted_by FROM roles;
DROP TABLE roles;
ALTER TABLE grants RENAME TO roles;
CREATE UNIQUE INDEX roles_once ON roles (address, role, coalesce(unit_id, 0), coalesce(round_id, 0));
CREATE INDEX roles_unit ON roles (unit_id, role);

-- Chats whose menu shows what a role may do, with the digest of what was last set there.
CREATE TABLE menus (
  address TEXT PRIMARY KEY,
  digest TEXT NOT NULL
) STRICT;

-- An invitation to a role: one use, two days. Only the hash of its code is kept.
CREATE TABLE invites (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code_hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('helper', 'head', 'officer', 'admin')),
  unit_id INTEGER REFERENCES units (id),
  round_id INTEGER REFERENCES rounds (id) ON DELETE CASCADE,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended TEXT NOT NULL DEFAULT '' CHECK (ended IN ('', 'used', 'withdrawn')),
  ended_by TEXT NOT NULL DEFAULT '',
  ended_at INTEGER,
  CHECK ((ended = '') = (ended_at IS NULL))
) STRICT;
CREATE INDEX invites_open ON invites (made_by, id) WHERE ended = '';

-- Members of a club; their unit is where they work.
CREATE TABLE club_members (
  club_id INTEGER NOT NULL REFERENCES units (id),
  person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  joined_at INTEGER NOT NULL,
  PRIMARY KEY (club_id, person_id)
) STRICT;
CREATE INDEX club_members_person ON club_members (person_id);

-- What a unit is to bring. No row: no quota, which is not zero.
CREATE TABLE round_quotas (
  round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
  unit_id INTEGER NOT NULL REFERENCES units (id),
  target INTEGER NOT NULL CHECK (target >= 0),
  PRIMARY KEY (round_id, unit_id)
) STRICT;
CREATE TABLE year_quotas (
  year INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('donations', 'award_person', 'award_family', 'living')),
  unit_id INTEGER NOT NULL REFERENCES units (id),
  target INTEGER NOT NULL CHECK (target >= 0),
  PRIMARY KEY (year, kind, unit_id)
) STRICT;

-- Of an answer: the unit that it counts for, which stays when the person moves on or the unit ends; and who wrote it down.
ALTER TABLE joins ADD COLUMN unit_id INTEGER REFERENCES units (id);
ALTER TABLE joins ADD COLUMN via TEXT NOT NULL DEFAULT 'self' CHECK (via IN ('self', 'officer', 'list', 'walk_in'));
UPDATE joins SET unit_id = (SELECT d.unit_id FROM donors d WHERE d.person_id = joins.person_id);
-- Boards count from it alone; `joined_at`: who was on a list in time.
CREATE INDEX joins_board ON joins (round_id, unit_id, state, outcome, joined_at);

-- The highest number that a person had who is gone (a table that others refer to cannot be made anew with AUTOINCREMENT).
CREATE TRIGGER people_gone AFTER DELETE ON people BEGIN
  INSERT INTO marks (name, value) VALUES ('people_gone', CAST(old.id AS TEXT)) ON CONFLICT (name)
  DO UPDATE SET value = CAST(max(CAST(marks.value AS INTEGER), old.id) AS TEXT);
END;
-- People from paper have an address that nobody can write to ("paper:..."). `note`: what a list says beside the name.
ALTER TABLE donors ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- Of the donor's person, kept by triggers, so that an audience of a million is counted from one index. `reach`: 0 can be written to,
-- 1 has blocked us, 2 is from paper. `paused_until`: as in notice_settings, '' for no pause.
ALTER TABLE donors ADD COLUMN reach INTEGER NOT NULL DEFAULT 0 CHECK (reach IN (0, 1, 2));
ALTER TABLE donors ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE donors ADD COLUMN paused_until TEXT NOT NULL DEFAULT '';
CREATE VIEW reach AS SELECT p.id AS person_id, p.language, coalesce(n.paused_until, '') AS paused_until,
  CASE WHEN p.address LIKE 'paper:%' THEN 2 ELSE 1 - p.reachable END AS reach
  FROM people p LEFT JOIN notice_settings n ON n.person_id = p.id;
UPDATE donors SET (reach, language, paused_until) = (SELECT r.reach, r.language, r.paused_until FROM reach r WHERE r.person_id = donors.person_id);
CREATE TRIGGER donors_new AFTER INSERT ON donors BEGIN
  UPDATE donors SET (reach, language, paused_until) = (SELECT r.reach, r.language, r.paused_until FROM reach r WHERE r.person_id = new.person_id)
  WHERE id = new.id;
END;
CREATE TRIGGER donors_moved AFTER UPDATE OF person_id ON donors WHEN old.person_id <> new.person_id BEGIN
  UPDATE donors SET (reach, language, paused_until) = (SELECT r.reach, r.language, r.paused_until FROM reach r WHERE r.person_id = new.person_id)
  WHERE id = new.id;
END;
CREATE TRIGGER people_changed AFTER UPDATE OF address, language, reachable ON people
WHEN (old.address, old.language, old.reachable) <> (new.address, new.language, new.reachable) BEGIN
  UPDATE donors SET (reach, language) = (SELECT r.reach, r.language FROM reach r WHERE r.person_id = new.id) WHERE person_id = new.id;
END;
CREATE TRIGGER pauses_new AFTER INSERT ON notice_settings WHEN new.paused_until IS NOT NULL BEGIN
  UPDATE donors SET paused_until = new.paused_until WHERE person_id = new.person_id;
END;
CREATE TRIGGER pauses_changed AFTER UPDATE OF paused_until ON notice_settings WHEN old.paused_until IS NOT new.paused_until BEGIN
  UPDATE donors SET paused_until = coalesce(new.paused_until, '') WHERE person_id = new.person_id;
END;
CREATE INDEX donors_audience ON donors (unit_id, reach, language, abo, rh, eligible_on, stopped, birth_year, paused_until);
-- The platform vouched that the number is the person's own: they sent their contact card.
ALTER TABLE donors ADD COLUMN phone_proven INTEGER NOT NULL DEFAULT 0 CHECK (phone_proven IN (0, 1));
-- `name_key` without tones and hats (core.vietnamese.name_match_key): given name, family name, middle names, however they are typed.
ALTER TABLE donors ADD COLUMN name_match TEXT GENERATED ALWAYS AS (
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    name_key, '}', ''), '~', ''), '!', ''), '0', ''), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '9', '')
) VIRTUAL;
CREATE INDEX donors_match ON donors (name_match, birth_year);
-- Who wrote down a consent that was given on paper.
ALTER TABLE consents ADD COLUMN recorded_by TEXT NOT NULL DEFAULT '';

-- A code that an officer hands to somebody from a paper list, so that their chat takes over that record. Only its hash is kept.
CREATE TABLE link_codes (
  person_id INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL UNIQUE,
  made_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- One message to many. `content` and `audience` are JSON; `cursor`: the last person who has a row in the outbox; `people`: how many the
-- sender was shown; `digest` names the words, so that the same ones do not go out twice unasked.
CREATE TABLE broadcasts (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  content TEXT NOT NULL,
  audience TEXT NOT NULL,
  digest TEXT NOT NULL,
  people INTEGER NOT NULL CHECK (people >= 0),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'stopped', 'done')),
  cursor INTEGER NOT NULL DEFAULT 0,
  made_at INTEGER NOT NULL,
  start_at INTEGER NOT NULL,
  ended_at INTEGER,
  CHECK ((state IN ('stopped', 'done')) = (ended_at IS NOT NULL))
) STRICT;
CREATE INDEX broadcasts_open ON broadcasts (start_at) WHERE state IN ('waiting', 'running', 'paused');
CREATE INDEX broadcasts_digest ON broadcasts (digest, made_at);
-- Of a message its broadcast, of the pin on the map that follows it the negative of that.
ALTER TABLE outbox ADD COLUMN broadcast_id INTEGER;
CREATE INDEX outbox_broadcast ON outbox (broadcast_id, state) WHERE broadcast_id IS NOT NULL;

-- Pictures that officers send along. `remote`: what the platform that it came by, or went to, calls it.
CREATE TABLE pictures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,
  mime TEXT NOT NULL,
  body BLOB,
  remote TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL
) STRICT;

-- What an officer's file is: a plan, a list, ...
ALTER TABLE uploads ADD COLUMN kind TEXT NOT NULL DEFAULT 'plan';
-- What an officer decided so far about the rows of a long one, JSON; what was read stays as it is.
ALTER TABLE uploads ADD COLUMN draft TEXT NOT NULL DEFAULT '';

-- What donors ask in their own words, and what an officer answered; of a closed one `answer` is the reason. `unit_id`: whose officers have
-- it now, NULL the administrators'; `office_id`: of which unit whoever ended it was. `late_at`: when those above were told that it waits.
-- The words go some time after the answer.
CREATE TABLE questions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,
  unit_id INTEGER REFERENCES units (id),
  question TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'closed')),
  asked_at INTEGER NOT NULL,
  late_at INTEGER,
  answer TEXT NOT NULL DEFAULT '',
  answered_by TEXT NOT NULL DEFAULT '',
  answered_at INTEGER,
  office_id INTEGER REFERENCES units (id),
  CHECK ((state = 'open') = (answered_at IS NULL))
) STRICT;
CREATE INDEX questions_open ON questions (asked_at) WHERE state = 'open';
CREATE INDEX questions_address ON questions (address, id);
CREATE INDEX questions_words ON questions (answered_at) WHERE question <> '';

-- Answers that everybody gets, with where they come from. The program brings its own; these words take their place, language by language,
-- and these places that of the usual order. `verify`: it is to be checked again, and says so.
CREATE TABLE faq (
  topic TEXT NOT NULL,
  language TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  source TEXT NOT NULL,
  source_on TEXT NOT NULL,
  verify INTEGER NOT NULL CHECK (verify IN (0, 1)),
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (topic, language)
) STRICT;
CREATE TABLE faq_places (
  topic TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  shown INTEGER NOT NULL CHECK (shown IN (0, 1))
) STRICT;

-- What an entry of the log is about, as `detail` says: for reading it by kind, by who acted, by unit, by round, and by whose number it was.
ALTER TABLE audit ADD COLUMN unit TEXT GENERATED ALWAYS AS (json_extract(detail, '$.unit')) VIRTUAL;
ALTER TABLE audit ADD COLUMN round TEXT GENERATED ALWAYS AS (json_extract(detail, '$.round')) VIRTUAL;
ALTER TABLE audit ADD COLUMN person TEXT GENERATED ALWAYS AS (json_extract(detail, '$.person')) VIRTUAL;
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_address ON audit (address, id);
CREATE INDEX audit_unit ON audit (unit, id) WHERE unit IS NOT NULL;
CREATE INDEX audit_round ON audit (round, id) WHERE round IS NOT NULL;
CREATE INDEX audit_person ON audit (person, id) WHERE person IS NOT NULL;
