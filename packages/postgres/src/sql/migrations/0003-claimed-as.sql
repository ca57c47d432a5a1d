-- The priority that a claimed job was handed out with, where it has another one since: a repeat of its claim says the same.
ALTER TABLE @schema@.held ADD COLUMN priority int;

-- The place of an edge among those of its dependent, where that is not its key: an edge that waits for the next series of
-- its target is made anew.
ALTER TABLE @schema@.edge ADD COLUMN place int8;
