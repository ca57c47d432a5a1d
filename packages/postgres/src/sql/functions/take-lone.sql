-- The same as `take_plain_v1` for one job, in small statements: the one about many takes most of its time to begin.
CREATE FUNCTION @schema@.take_lone_v1(hand @schema@.hand_v1, p_queue text, p_row tid, p_job int8, p_size int8)
RETURNS @schema@.hand_v1 LANGUAGE plpgsql AS $$
DECLARE
  v_is_ahead bool := hand.slots <= 0;
  v_token int8 := @schema@.token_v1(hand.now);
  v_told text;
BEGIN
  DELETE FROM @schema@.ready WHERE ctid = p_row;
  INSERT INTO @schema@.tally (ns, queue, enqueued, processing) VALUES ((hand.session).ns, p_queue, -1, 1);
  SELECT greatest(j.token + 1, v_token), concat_ws(',', to_json(p_queue), hand.slots, json_build_array(j.id),
    json_build_array(j.task), json_build_array(j.input), json_build_array(greatest(j.token + 1, v_token)),
    json_build_array(j.created_at), coalesce('[' || @schema@.unusual_v1(j) || ']', 'null'))
  INTO v_token, v_told FROM @schema@.job j WHERE j.key = p_job;
  INSERT INTO @schema@.held (session, job, token, claimed_at, number, lane, ord, ahead)
  VALUES ((hand.session).key, p_job, v_token, hand.now, hand.number, hand.lane, hand.taken + 1, v_is_ahead);
  hand.jobs := array_append(hand.jobs, p_job);
  hand.told := hand.told || ',[' || v_told || ']';
  hand.taken := hand.taken + 1;
  hand.bytes := hand.bytes - p_size;
  IF v_is_ahead THEN hand.ahead := hand.ahead - 1; ELSE hand.slots := hand.slots - 1; END IF;
  hand.is_full := hand.slots + hand.ahead <= 0;
  RETURN hand;
END $$;
