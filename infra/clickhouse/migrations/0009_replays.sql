-- Replays of dead letters. A record that was replayed, and the enrichment that was made of it, say in a header where the message
-- was given up; the lander puts that here. '' is a record without.
ALTER TABLE baqylau.landing
    ADD COLUMN IF NOT EXISTS replay_topic String,
    ADD COLUMN IF NOT EXISTS replay_partition UInt32,
    ADD COLUMN IF NOT EXISTS replay_offset UInt64;

ALTER TABLE baqylau.landing_dead_letters
    ADD COLUMN IF NOT EXISTS replay_topic String,
    ADD COLUMN IF NOT EXISTS replay_partition UInt32,
    ADD COLUMN IF NOT EXISTS replay_offset UInt64;

-- Dead letters whose message came through after all. A row is only ever added: closed is closed, in whatever order things land.
CREATE TABLE IF NOT EXISTS baqylau.dead_letters_closed_store
(
    step LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (step, topic, partition, offset);

-- The message itself landed: then the lander is done with it; and so is the dispatcher, of a retraction, which needs no job.
-- The enrichment of it landed: then the dispatcher is done with it; and so is the enricher, unless it failed again.
CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.landing_to_dead_letters_closed TO baqylau.dead_letters_closed_store AS
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
    FROM baqylau.landing
    WHERE replay_topic != ''
);

CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.landing_dead_letters_to_dead_letters_closed TO baqylau.dead_letters_closed_store AS
SELECT 'lander' AS step, replay_topic AS topic, replay_partition AS partition, replay_offset AS offset
FROM baqylau.landing_dead_letters
WHERE replay_topic != '';

-- How often and since when a message fails: a maximum and a minimum, which no order and no duplicate changes. The store of the
-- letters keeps the last one alone, which may be one that was buried again after a restart, with a count that begins anew.
CREATE TABLE IF NOT EXISTS baqylau.dead_letter_attempts_store
(
    step LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    attempts SimpleAggregateFunction(max, UInt32),
    first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (step, topic, partition, offset);

CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.dead_letters_to_dead_letter_attempts TO baqylau.dead_letter_attempts_store AS
SELECT step, topic, partition, offset, attempts, first_at
FROM baqylau.dead_letters_store;

-- What landed before; twice does no harm.
INSERT INTO baqylau.dead_letter_attempts_store (step, topic, partition, offset, attempts, first_at)
SELECT step, topic, partition, offset, attempts, first_at
FROM baqylau.dead_letters_store;

CREATE OR REPLACE VIEW baqylau.dead_letters AS
SELECT
    step,
    topic,
    partition,
    offset,
    reason,
    detail,
    tries.attempts AS attempts,
    tries.first_at AS first_at,
    last_at,
    CAST((step, topic, partition, offset) IN (
        SELECT step, topic, partition, offset FROM baqylau.dead_letters_closed_store
    ), 'Bool') AS replayed
FROM
(
    SELECT step, topic, partition, offset, reason, detail, last_at FROM baqylau.dead_letters_store FINAL
) AS letter
INNER JOIN
(
    SELECT step, topic, partition, offset, toUInt32(max(attempts)) AS attempts, toDateTime64(min(first_at), 3, 'UTC') AS first_at
    FROM baqylau.dead_letter_attempts_store
    GROUP BY step, topic, partition, offset
) AS tries USING (step, topic, partition, offset);

-- The last step: only now may a lander that knows of replays land anything. It names this column in every insert, so that before
-- it is there, ClickHouse refuses the insert, instead of taking rows that nothing closes a dead letter by.
ALTER TABLE baqylau.landing ADD COLUMN IF NOT EXISTS closes_dead_letters Bool;

ALTER TABLE baqylau.landing_dead_letters ADD COLUMN IF NOT EXISTS closes_dead_letters Bool;
