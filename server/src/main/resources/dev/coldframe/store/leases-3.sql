-- The board that a node has which is known by its switch port.
CREATE TABLE slot (
  node TEXT PRIMARY KEY,
  mac INTEGER NOT NULL
);
