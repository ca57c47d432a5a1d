-- Where counts and claims of a session may be looked for: rows before that are gone, and nobody passes them, though an
-- old snapshot may keep them. See `low-marks.sql`.

-- Where a claim stands among all claims, in the order in which they were made.
ALTER TABLE @schema@.held ADD COLUMN place int8 NOT NULL DEFAULT nextval($name$@schema@.position$name$);
-- Of an expression, so that a look-up of one claim by session and job never goes by it.
CREATE INDEX held_place ON @schema@.held ((-session), place);

CREATE TABLE @schema@.held_mark (
  session int8 PRIMARY KEY,
  place int8 NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX tally_key ON @schema@.tally (ns, key);

CREATE TABLE @schema@.tally_mark (
  ns int PRIMARY KEY,
  key int8 NOT NULL
) WITH (fillfactor = 50);

-- As `position`, for keys of `tally`. What was noted before says nothing about those.
DELETE FROM @schema@.low_mark_ahead;
ALTER TABLE @schema@.low_mark_ahead ADD COLUMN counted int8 NOT NULL;
