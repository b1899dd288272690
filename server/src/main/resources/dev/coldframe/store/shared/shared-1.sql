-- What several appliances know together. Addresses are unsigned 32-bit numbers, MACs 48-bit, times of leases and arms
-- milliseconds since 1970, as in leases.db.
--
-- Every table that the feed reads has the columns at its end and both triggers: `xid` is the transaction that wrote
-- the row last, `version` grows with every write of any row, `writer` is the process that wrote it. A row that is
-- taken away stays for a day with `gone` set, so that the others hear of it.
CREATE TABLE schema_version (
  number integer PRIMARY KEY,
  checksum text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

-- One row: which database this is, so that no appliance takes an empty one for the one that it knows.
CREATE TABLE site (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  made timestamptz NOT NULL DEFAULT now()
);
INSERT INTO site DEFAULT VALUES;

-- Who takes part. From which end of a pool an appliance looks for fresh addresses depends on its place.
CREATE TABLE appliance (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  place integer NOT NULL UNIQUE,
  version text NOT NULL,
  seen timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE change;

CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.xid := pg_current_xact_id();
  NEW.version := nextval('change');
  NEW.writer := coalesce(current_setting('coldframe.writer', true), '');
  NEW.changed := clock_timestamp();
  RETURN NEW;
END $$;

CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY coldframe;
  RETURN NULL;
END $$;

CREATE TABLE lease (
  address bigint PRIMARY KEY,
  mac bigint NOT NULL,
  client_id text,
  node text,
  expires bigint NOT NULL,
  state text NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL
);
CREATE INDEX lease_xid ON lease (xid);
CREATE TRIGGER lease_stamp BEFORE INSERT OR UPDATE ON lease FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER lease_tell AFTER INSERT OR UPDATE ON lease FOR EACH STATEMENT EXECUTE FUNCTION tell();

CREATE TABLE adopted (
  name text PRIMARY KEY,
  address bigint NOT NULL,
  mac bigint NOT NULL,
  serial text,
  profile text NOT NULL,
  origin text NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL
);
-- Two appliances that adopt at once give no address to two boards, and no board two names.
CREATE UNIQUE INDEX adopted_address ON adopted (address) WHERE NOT gone;
CREATE UNIQUE INDEX adopted_mac ON adopted (mac) WHERE NOT gone;
CREATE INDEX adopted_xid ON adopted (xid);
CREATE TRIGGER adopted_stamp BEFORE INSERT OR UPDATE ON adopted FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER adopted_tell AFTER INSERT OR UPDATE ON adopted FOR EACH STATEMENT EXECUTE FUNCTION tell();

CREATE TABLE learned (
  mac bigint PRIMARY KEY,
  node text NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL
);
CREATE INDEX learned_xid ON learned (xid);
CREATE INDEX learned_node ON learned (node);
CREATE TRIGGER learned_stamp BEFORE INSERT OR UPDATE ON learned FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER learned_tell AFTER INSERT OR UPDATE ON learned FOR EACH STATEMENT EXECUTE FUNCTION tell();

-- The board that a node has which is known by its switch port.
CREATE TABLE slot (
  node text PRIMARY KEY,
  mac bigint NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL
);
CREATE INDEX slot_xid ON slot (xid);
CREATE TRIGGER slot_stamp BEFORE INSERT OR UPDATE ON slot FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER slot_tell AFTER INSERT OR UPDATE ON slot FOR EACH STATEMENT EXECUTE FUNCTION tell();

-- The operator's word that one disk of a node may be overwritten.
CREATE TABLE arm (
  node text PRIMARY KEY,
  disk text NOT NULL,
  shown text NOT NULL,
  until bigint NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL
);
CREATE INDEX arm_xid ON arm (xid);
CREATE TRIGGER arm_stamp BEFORE INSERT OR UPDATE ON arm FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER arm_tell AFTER INSERT OR UPDATE ON arm FOR EACH STATEMENT EXECUTE FUNCTION tell();
