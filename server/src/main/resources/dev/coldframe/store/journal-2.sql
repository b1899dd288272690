-- What nodes that are up measured; at is milliseconds since 1970, clock_offset seconds.
CREATE TABLE health (
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  celsius REAL,
  throttled TEXT NOT NULL,
  clock_offset REAL,
  PRIMARY KEY (subject, at)
) WITHOUT ROWID;
CREATE INDEX health_at ON health (at);
CREATE INDEX event_type ON event (type, id);
