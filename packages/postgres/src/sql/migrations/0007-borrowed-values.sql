-- The result of a job that forwarded, where that is the row of `value` of another. The job whose own it is is known by
-- its id, so that no index has to hold what each end of a job writes, and it stays in its page (HOT).
ALTER TABLE @schema@.job ADD COLUMN borrowed int8;
UPDATE @schema@.job j SET borrowed = j.value
FROM @schema@.value v WHERE v.key = j.value AND (v.ns, v.id) <> (j.ns, j.id);
CREATE INDEX job_borrowed ON @schema@.job (borrowed) WHERE borrowed IS NOT NULL;
DROP INDEX @schema@.job_value;
