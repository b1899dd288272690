-- Under which addresses an appliance answers on the links that it serves: to the others it is no foreign server there.
ALTER TABLE appliance ADD COLUMN addresses text[] NOT NULL DEFAULT '{}';
