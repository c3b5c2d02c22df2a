-- Not open yet: 0007 opens it.
-- Where the lander puts events: raw, each with its position in the log and its version. Nothing is kept here (ENGINE = Null):
-- the materialized views of the next migrations take the columns out. Landing an event again adds a row that replaces its like.
CREATE TABLE IF NOT EXISTS baqylau.landing
(
    topic String,
    partition UInt32,
    offset UInt64,
    -- Revision 16 bits, retracted 1, content hash 31, stage 2, enrichment version 14: the greatest is the current state.
    version UInt64,
    event String
)
ENGINE = Null;

CREATE TABLE IF NOT EXISTS baqylau.landing_dead_letters
(
    event String
)
ENGINE = Null;
