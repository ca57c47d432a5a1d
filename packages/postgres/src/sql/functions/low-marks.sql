-- Marks of lines, of counts and of the claims of a session: see `low_mark`, `tally_mark` and `held_mark`. Places and
-- keys only rise, and are drawn by statements that have the lock of their table which a writer holds until its
-- transaction ends: so nobody puts a row before a place that was drawn, once all who held such a lock then have
-- finished.

-- Where claims of a queue may begin: nothing stands before that. The rank is null where no mark is known.
CREATE FUNCTION @schema@.low_mark_of_v1(p_ns int, p_queue text) RETURNS @schema@.low_mark LANGUAGE plpgsql AS $$
DECLARE
  l @schema@.low_mark;
BEGIN
  SELECT * INTO l FROM @schema@.low_mark WHERE ns = p_ns AND queue = p_queue ORDER BY rank LIMIT 1;
  IF l.rank IS NULL THEN RETURN NULL; END IF;
  IF @schema@.is_anything_before_v1(p_ns, p_queue, l.rank) THEN RETURN NULL; END IF;
  RETURN l;
END $$;

-- Whether something stands before the tail of a line: in a line of higher priority, or because it was given back.
CREATE FUNCTION @schema@.is_anything_before_v1(p_ns int, p_queue text, p_rank int) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT FROM @schema@.ready WHERE ns = p_ns AND queue = p_queue AND (rank, tail) < (p_rank, true));
END $$;

-- Begin to mark the first line of a queue that has something.
CREATE FUNCTION @schema@.begin_mark_v1(p_ns int, p_queue text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO @schema@.low_mark (ns, queue, rank, position)
  SELECT ns, queue, rank, 0 FROM @schema@.ready
  WHERE ns = p_ns AND queue = p_queue ORDER BY rank, tail, position LIMIT 1
  ON CONFLICT DO NOTHING;
END $$;

-- Raise the marks of a namespace, once in a second.
CREATE FUNCTION @schema@.raise_marks_v1(p_ns int, p_now int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a @schema@.low_mark_ahead;
  v_position int8;
  v_counted int8;
  v_writers text[];
BEGIN
  DELETE FROM @schema@.low_mark l WHERE ns = p_ns AND NOT EXISTS (
    SELECT FROM @schema@.tally WHERE ns = p_ns AND queue = l.queue
      AND key >= coalesce((SELECT key FROM @schema@.tally_mark WHERE ns = p_ns), 0)
  );
  IF NOT EXISTS (SELECT FROM @schema@.low_mark WHERE ns = p_ns) THEN
    DELETE FROM @schema@.low_mark_ahead WHERE ns = p_ns;
    RETURN;
  END IF;
  SELECT * INTO a FROM @schema@.low_mark_ahead WHERE ns = p_ns;
  IF a.at + 1000 > p_now THEN RETURN; END IF;
  -- First the places, then who may have drawn one before them.
  v_position := (SELECT last_value FROM @schema@.position);
  v_counted := (SELECT last_value FROM @schema@.tally_key_seq);
  v_writers := @schema@.writers_v1();
  IF a.writers && v_writers THEN RETURN; END IF;
  IF a.ns IS NOT NULL THEN
    PERFORM @schema@.raise_marks_to_v1(p_ns, a.position);
    PERFORM @schema@.raise_held_marks_v1(p_ns, a.position);
    PERFORM @schema@.raise_tally_mark_v1(p_ns, a.counted);
  END IF;
  INSERT INTO @schema@.low_mark_ahead (ns, position, counted, writers, at)
  VALUES (p_ns, v_position, v_counted, v_writers, p_now)
  ON CONFLICT (ns) DO UPDATE
    SET position = excluded.position, counted = excluded.counted, writers = excluded.writers, at = excluded.at;
END $$;

-- Who else is putting jobs in line, claiming, or counting: they hold a lock of such a table.
CREATE FUNCTION @schema@.writers_v1() RETURNS text[] LANGUAGE sql AS $$
  SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_catalog.pg_locks
  WHERE locktype = 'relation' AND relation = ANY (ARRAY[
      $name$@schema@.ready$name$, $name$@schema@.held$name$, $name$@schema@.tally$name$
    ]::pg_catalog.regclass[])
    AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
$$;

-- Each mark rises to the first job of its line, at most to a place. Not by a few: each rise is a row version that stays
-- as long as those which it helps to pass.
CREATE FUNCTION @schema@.raise_marks_to_v1(p_ns int, p_position int8) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l @schema@.low_mark;
  v_first int8;
BEGIN
  FOR l IN SELECT * FROM @schema@.low_mark WHERE ns = p_ns AND position + 500 < p_position LOOP
    v_first := coalesce((
      SELECT position FROM @schema@.ready
      WHERE ns = p_ns AND queue = l.queue AND rank = l.rank AND tail AND position >= l.position AND position < p_position
      ORDER BY position LIMIT 1
    ), p_position);
    IF l.position + 500 < v_first THEN
      UPDATE @schema@.low_mark SET position = v_first WHERE ns = p_ns AND queue = l.queue AND rank = l.rank;
    END IF;
  END LOOP;
END $$;
