-- Used where several appliances share their state. Whose event it is, if another appliance's.
ALTER TABLE event ADD COLUMN seen_by TEXT;
-- Up to which of its events those of each other appliance were taken over.
CREATE TABLE taken (
  appliance TEXT PRIMARY KEY,
  number INTEGER NOT NULL
);
-- At which revision a subject's state was the same here and in the shared database, and the
-- SHA-256 of that state; empty where it had none.
CREATE TABLE shared (
  subject TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  digest TEXT NOT NULL
);
