-- A mark of the site's key, by which an appliance that has another one is known. It opens nothing.
ALTER TABLE site ADD COLUMN key_mark text;

-- What each appliance saw, under the number that it has in that one's own journal. Fields are JSON, times milliseconds
-- since 1970. An appliance writes its events in the order of their numbers.
CREATE TABLE event (
  appliance uuid NOT NULL,
  number bigint NOT NULL,
  at bigint NOT NULL,
  subject text NOT NULL,
  type text NOT NULL,
  fields text NOT NULL,
  PRIMARY KEY (appliance, number)
);
CREATE INDEX event_subject ON event (subject, at, appliance, number);
CREATE TRIGGER event_tell AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION tell();

-- Up to which number an appliance has written its events.
CREATE TABLE journal_place (
  appliance uuid PRIMARY KEY,
  number bigint NOT NULL
);

-- Where each subject stands; the state is JSON, as in journal.db. The revision grows by one with each write, and a
-- write names the revision that it changes. moved is when it came to stand so, by the clock of the appliance that wrote it.
CREATE TABLE state (
  subject text PRIMARY KEY,
  revision bigint NOT NULL,
  phase text NOT NULL,
  since bigint NOT NULL,
  state text NOT NULL,
  moved bigint NOT NULL,
  appliance uuid NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL
);
CREATE INDEX state_xid ON state (xid);
CREATE TRIGGER state_stamp BEFORE INSERT OR UPDATE ON state FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER state_tell AFTER INSERT OR UPDATE ON state FOR EACH STATEMENT EXECUTE FUNCTION tell();

-- Which appliance installs a node, and until when no other one may. The node '' stands for what one appliance does
-- for all: ending what takes too long, and giving power back.
CREATE TABLE install_job (
  node text PRIMARY KEY,
  holder uuid NOT NULL,
  until timestamptz NOT NULL
);

-- The nodes' secrets, sealed with the site's key, which the database does not know.
CREATE TABLE secret (
  node text PRIMARY KEY,
  sealed bytea NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL
);
CREATE INDEX secret_xid ON secret (xid);
CREATE TRIGGER secret_stamp BEFORE INSERT OR UPDATE ON secret FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER secret_tell AFTER INSERT OR UPDATE ON secret FOR EACH STATEMENT EXECUTE FUNCTION tell();

-- Which appliance has which image, and at which address (host:port) others fetch it.
CREATE TABLE image (
  appliance uuid NOT NULL,
  sha256 text NOT NULL,
  name text NOT NULL,
  size bigint NOT NULL,
  address text NOT NULL,
  gone boolean NOT NULL DEFAULT false,
  xid xid8 NOT NULL,
  version bigint NOT NULL,
  writer text NOT NULL,
  changed timestamptz NOT NULL,
  PRIMARY KEY (appliance, sha256)
);
CREATE INDEX image_xid ON image (xid);
CREATE TRIGGER image_stamp BEFORE INSERT OR UPDATE ON image FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TRIGGER image_tell AFTER INSERT OR UPDATE ON image FOR EACH STATEMENT EXECUTE FUNCTION tell();
