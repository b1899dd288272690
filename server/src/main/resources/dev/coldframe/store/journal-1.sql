-- Times are milliseconds since 1970; fields and state are JSON.
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  subject TEXT NOT NULL,
  type TEXT NOT NULL,
  fields TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject, id);
CREATE TABLE node (
  subject TEXT PRIMARY KEY,
  phase TEXT NOT NULL,
  since INTEGER NOT NULL,
  state TEXT NOT NULL
);
