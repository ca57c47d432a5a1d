-- Jobs that their tasks have ended in transactions of their own: here from the commit on, until the end is drawn. Of the
-- job itself nothing is written or locked before.
CREATE TABLE @schema@.completion (
  job int8 NOT NULL,
  token int8 NOT NULL,
  at int8 NOT NULL,
  text text,
  raw bytea,
  ttl float8,
  PRIMARY KEY (job, token)
);

-- Steps of the work list that wait for the end of such a transaction, which has the claim of a job.
CREATE TABLE @schema@.stuck (
  ns int NOT NULL,
  key int8 GENERATED ALWAYS AS IDENTITY,
  session int8 NOT NULL,
  job int8 NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (ns, key)
);
-- What was told of before is found by whoever waits for it.
DELETE FROM @schema@.work WHERE kind = 'tell';

-- Results that are not kept, for the sessions that wait for them: whoever was not reached, or by a message that was too
-- short, finds them here for a minute.
CREATE TABLE @schema@.owed (
  ns int NOT NULL,
  session int8 NOT NULL,
  id text COLLATE "C" NOT NULL,
  at int8 NOT NULL,
  text text,
  raw bytea,
  PRIMARY KEY (session, id)
);
CREATE INDEX owed_at ON @schema@.owed (ns, at);
