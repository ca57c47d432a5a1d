-- The time of a namespace in ms.
CREATE FUNCTION @schema@.clock_v1(p_ns int) RETURNS int8 LANGUAGE plpgsql AS $$
BEGIN
  RETURN floor(extract(epoch FROM clock_timestamp()) * 1000)::int8
    + (SELECT clock_offset FROM @schema@.namespace WHERE key = p_ns);
END $$;

CREATE FUNCTION @schema@.now_v1(p_ns int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN @schema@.clock_v1(p_ns)::text;
END $$;

CREATE FUNCTION @schema@.shift_clock_v1(p_ns int, p_ms float8) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  UPDATE @schema@.namespace SET clock_offset = clock_offset + p_ms::int8 WHERE key = p_ns;
  RETURN 'null';
END $$;

-- The key of a namespace, made if it is not there.
CREATE FUNCTION @schema@.open_v1(p_name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_key int := (SELECT key FROM @schema@.namespace WHERE name = p_name);
BEGIN
  IF v_key IS NULL THEN
    INSERT INTO @schema@.namespace (name) VALUES (p_name) ON CONFLICT (name) DO NOTHING RETURNING key INTO v_key;
    IF v_key IS NULL THEN SELECT key INTO STRICT v_key FROM @schema@.namespace WHERE name = p_name; END IF;
    INSERT INTO @schema@.beat (ns) VALUES (v_key) ON CONFLICT DO NOTHING;
  END IF;
  RETURN v_key::text;
END $$;
