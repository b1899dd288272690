-- The operator's word that one disk of a node may be overwritten; until is milliseconds since 1970.
CREATE TABLE arm (
  node TEXT PRIMARY KEY,
  disk TEXT NOT NULL,
  shown TEXT NOT NULL,
  until INTEGER NOT NULL
);
