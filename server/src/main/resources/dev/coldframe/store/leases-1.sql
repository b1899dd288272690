-- Addresses are unsigned 32-bit numbers, MACs 48-bit, times milliseconds since 1970.
CREATE TABLE lease (
  address INTEGER PRIMARY KEY,
  mac INTEGER NOT NULL,
  client_id TEXT,
  node TEXT,
  expires INTEGER NOT NULL,
  state TEXT NOT NULL
);
CREATE TABLE adopted (
  name TEXT PRIMARY KEY,
  address INTEGER NOT NULL UNIQUE,
  mac INTEGER NOT NULL,
  serial TEXT,
  profile TEXT NOT NULL,
  origin TEXT NOT NULL
);
CREATE TABLE learned (
  mac INTEGER PRIMARY KEY,
  node TEXT NOT NULL
);
