-- What is closed is said by rows of its own, after the message has landed in every table: an insert into several materialized
-- views is not one, and a view of landing closed dead letters of which nothing else had landed.
CREATE TABLE IF NOT EXISTS baqylau.landing_closings
(
    -- Of the record that landed.
    topic LowCardinality(String),
    version UInt64,
    -- Where the message was given up that it is a replay of.
    replay_topic LowCardinality(String),
    replay_partition UInt32,
    replay_offset UInt64
)
ENGINE = Null;

-- The message itself landed: then the lander is done with it; and so is the dispatcher, of a retraction, which needs no job.
-- The enrichment of it landed: then the dispatcher is done with it; and so is the enricher, unless it failed again.
CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.landing_closings_to_dead_letters_closed TO baqylau.dead_letters_closed_store AS
SELECT
    arrayJoin(multiIf(
        is_message AND retracted, ['lander', 'dispatcher'],
        is_message, ['lander'],
        stage = 2, ['dispatcher', 'enricher'],
        ['dispatcher']
    )) AS step,
    replay_topic AS topic,
    replay_partition AS partition,
    replay_offset AS offset
FROM
(
    SELECT
        replay_topic,
        replay_partition,
        replay_offset,
        topic = replay_topic AS is_message,
        bitTest(version, 47) AS retracted,
        bitAnd(bitShiftRight(version, 14), 3) AS stage
    FROM baqylau.landing_closings
);

-- Only replays passed through these. One that an older lander lands from now on closes nothing, and can be replayed again.
DROP VIEW IF EXISTS baqylau.landing_to_dead_letters_closed;

DROP VIEW IF EXISTS baqylau.landing_dead_letters_to_dead_letters_closed;

-- The last step: only now may a lander land anything that closes apart. It names this column in every insert.
ALTER TABLE baqylau.landing ADD COLUMN IF NOT EXISTS closes_apart Bool;

ALTER TABLE baqylau.landing_dead_letters ADD COLUMN IF NOT EXISTS closes_apart Bool;
