-- Messages that a step gave up on. Without payload: that stays in the log.
CREATE TABLE IF NOT EXISTS baqylau.dead_letters_store
(
    step LowCardinality(String),
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    reason LowCardinality(String),
    detail String,
    attempts UInt32,
    first_at DateTime64(3, 'UTC'),
    last_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(last_at)
ORDER BY (step, topic, partition, offset);

CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.landing_to_dead_letters TO baqylau.dead_letters_store AS
WITH JSONExtract(event, 'data', 'Tuple(
        step String, topic String, partition UInt32, offset String, reason String, detail String, attempts UInt32,
        firstAt String, lastAt String
    )') AS letter
SELECT
    letter.step AS step,
    letter.topic AS topic,
    letter.partition AS partition,
    toUInt64(letter.offset) AS offset,
    letter.reason AS reason,
    letter.detail AS detail,
    letter.attempts AS attempts,
    parseDateTime64BestEffort(letter.firstAt, 3, 'UTC') AS first_at,
    parseDateTime64BestEffort(letter.lastAt, 3, 'UTC') AS last_at
FROM baqylau.landing_dead_letters;

CREATE OR REPLACE VIEW baqylau.dead_letters AS
SELECT step, topic, partition, offset, reason, detail, attempts, first_at, last_at, false AS replayed
FROM baqylau.dead_letters_store FINAL;
