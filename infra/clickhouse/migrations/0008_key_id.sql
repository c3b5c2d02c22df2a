-- Which access key an event came with. Changed in place: a view that is dropped and made anew misses what lands between.
ALTER TABLE baqylau.report_events_store
    ADD COLUMN IF NOT EXISTS key_id LowCardinality(String) AFTER receipt_hash;

ALTER TABLE baqylau.landing_to_report_events MODIFY QUERY
WITH JSONExtract(event, 'Tuple(
        id UUID, type String, time String, subject UUID, author String, revision UInt16, contenthash String, receipthash String,
        keyid String
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
    -- '' of an enrichment, and of events of before keys were noted.
    envelope.keyid AS key_id,
    version
FROM baqylau.landing;

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
    key_id,
    CAST(transform(bitAnd(bitShiftRight(version, 14), 3), [0, 1, 2], ['submitted', 'enrichment_failed', 'enriched'], ''), 'LowCardinality(String)') AS stage,
    CAST(bitTest(version, 47), 'Bool') AS retracted,
    toUInt16(bitAnd(version, 16383)) AS enrichment_version,
    version,
    landed_at
FROM baqylau.report_events_store FINAL;
