-- For each line, a place before which nothing stands or ever will: rows that were taken from there, and that nobody can
-- clean up while somebody holds an old snapshot, are passed by nobody.
CREATE TABLE @schema@.low_mark (
  ns int NOT NULL,
  queue text COLLATE "C" NOT NULL,
  rank int NOT NULL,
  position int8 NOT NULL,
  PRIMARY KEY (ns, queue, rank)
) WITH (fillfactor = 50);

-- The next place that the marks of a namespace may rise to, once whoever was putting jobs in line at that time has finished.
CREATE TABLE @schema@.low_mark_ahead (
  ns int PRIMARY KEY,
  position int8 NOT NULL,
  -- Transactions, by their virtual ids.
  writers text[] NOT NULL,
  at int8 NOT NULL
) WITH (fillfactor = 50);
