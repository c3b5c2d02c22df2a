-- Every event as landed: one row per position in the log, however often it is landed.
CREATE TABLE IF NOT EXISTS baqylau.report_events_store
(
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64,
    event_id UUID,
    type LowCardinality(String),
    time DateTime64(3, 'UTC'),
    report_id UUID,
    author String,
    revision UInt16,
    content_hash String,
    receipt_hash String,
    version UInt64,
    landed_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    INDEX by_report report_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_receipt receipt_hash TYPE bloom_filter GRANULARITY 4
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset);

CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.landing_to_report_events TO baqylau.report_events_store AS
WITH JSONExtract(event, 'Tuple(
        id UUID, type String, time String, subject UUID, author String, revision UInt16, contenthash String, receipthash String
    )') AS envelope
SELECT
    topic,
    partition,
    offset,
    envelope.id AS event_id,
    envelope.type AS type,
    parseDateTime64BestEffort(envelope.time, 3, 'UTC') AS time,
    envelope.subject AS report_id,
    envelope.author AS author,
    envelope.revision AS revision,
    envelope.contenthash AS content_hash,
    envelope.receipthash AS receipt_hash,
    version
FROM baqylau.landing;

-- When each report was first received: a minimum, which no order and no duplicate changes.
CREATE TABLE IF NOT EXISTS baqylau.report_received_store
(
    report_id UUID,
    author String,
    received_at SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (report_id, author);

CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.report_events_to_report_received TO baqylau.report_received_store AS
SELECT report_id, author, min(time) AS received_at
FROM baqylau.report_events_store
GROUP BY report_id, author;

CREATE OR REPLACE VIEW baqylau.report_events AS
SELECT
    topic,
    partition,
    offset,
    event_id,
    type,
    time,
    report_id,
    author,
    revision,
    content_hash,
    receipt_hash,
    CAST(transform(bitAnd(bitShiftRight(version, 14), 3), [0, 1, 2], ['submitted', 'enrichment_failed', 'enriched'], ''), 'LowCardinality(String)') AS stage,
    CAST(bitTest(version, 47), 'Bool') AS retracted,
    toUInt16(bitAnd(version, 16383)) AS enrichment_version,
    version,
    landed_at
FROM baqylau.report_events_store FINAL;
