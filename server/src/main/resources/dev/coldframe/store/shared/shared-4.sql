-- The number of the oldest schema whose programs may go on with a database after this step, so that appliances can be
-- upgraded one by one; null: none but this step's own. An older program reads this before it refuses. What makes new tables
-- and columns that an older one need not fill, and new values of what it keeps away from, names it.
ALTER TABLE schema_version ADD COLUMN oldest integer;
