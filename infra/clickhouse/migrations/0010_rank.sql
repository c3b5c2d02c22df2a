-- Two contents at one revision whose hashes agree in the 31 bits that are in the version have one version, and of rows of one
-- version ReplacingMergeTree keeps the last that was inserted: the report would stand otherwise after a rebuild. So the row of
-- the greatest rank is kept: version, then the rest of the content hash, then (one content sent with its members in another
-- order is shown in that order) a digest of id and details. `packages/contracts/src/fold.ts` compares the same.
-- A table of its own, since neither the engine nor what was lost can be altered: from here on, events land in both.
CREATE TABLE IF NOT EXISTS baqylau.report_states_store
(
    report_id UUID,
    author String,
    version UInt64,
    -- Version 64 bits, the next 96 of the content hash, 96 of a digest of what else may differ.
    rank UInt256,
    event_id UUID,
    revision UInt16,
    content_hash String,
    receipt_hash String,
    kind LowCardinality(String),
    occurred_from String,
    occurred_to String,
    precision LowCardinality(String),
    day Date32,
    reported_at String,
    language LowCardinality(String),
    channel LowCardinality(String),
    source_connection LowCardinality(String),
    reliability LowCardinality(String),
    violation_status LowCardinality(String),
    confidentiality LowCardinality(String),
    consent Nullable(Bool),
    synthetic Bool,
    stated_reason String,
    legal_basis Array(String),
    evidence_count UInt8,
    details String,
    people_detained Nullable(UInt32),
    copies_seized Nullable(UInt32),
    votes_concerned Nullable(UInt32),
    region_code LowCardinality(String),
    region_code_today LowCardinality(String),
    region_method LowCardinality(String),
    region_confidence Float32,
    region_reason LowCardinality(String),
    region_candidates Array(String),
    huridocs Array(String),
    odihr_area LowCardinality(String),
    law_in_force Array(String),
    election_id LowCardinality(String),
    days_to_election Nullable(Int32),
    campaign_begun Nullable(Bool),
    narrative_language LowCardinality(String),
    narrative String,
    latitude Nullable(Float64),
    longitude Nullable(Float64),
    failure_step LowCardinality(String),
    failure_detail String
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (report_id, author);

CREATE MATERIALIZED VIEW IF NOT EXISTS baqylau.landing_to_report_states TO baqylau.report_states_store AS
WITH
    JSONExtract(event, 'Tuple(
        id UUID, subject UUID, author String, revision UInt16, contenthash String, receipthash String,
        data Tuple(
            report Tuple(
                kind String, occurred Tuple(`from` String, `to` String, precision String), reportedAt String, language String,
                channel String, sourceConnection String, reliability String, violationStatus String, confidentiality String,
                consent Nullable(Bool), synthetic Bool, statedReason String, legalBasis Array(String),
                place Tuple(lat Nullable(Float64), lon Nullable(Float64)),
                details Tuple(
                    peopleDetained Nullable(UInt32), copiesSeized Nullable(UInt32), votesConcerned Nullable(UInt32)
                )
            ),
            personal Tuple(narrativeRedacted String, evidence Array(String)),
            enrichment Tuple(
                day String,
                akimat Tuple(
                    regionCode String, regionCodeToday String, method String, confidence Float32, reason String,
                    candidates Array(String)
                ),
                huridocs Array(String), odihrArea String, lawInForce Array(String),
                election Tuple(id String, daysToElection Nullable(Int32), campaignBegun Nullable(Bool)),
                narrativeLanguage String
            ),
            failure Tuple(step String, detail String)
        )
    )') AS e,
    e.data AS data,
    data.report AS report,
    data.enrichment AS enrichment,
    report.confidentiality = 'public' AS is_public
SELECT
    e.subject AS report_id,
    e.author AS author,
    version,
    bitShiftLeft(toUInt256(version), 192) + reinterpretAsUInt256(reverse(unhex(concat(
        substring(e.contenthash, 9, 24),
        substring(hex(SHA256(concat(toString(e.id), details))), 1, 24)
    )))) AS rank,
    e.id AS event_id,
    e.revision AS revision,
    e.contenthash AS content_hash,
    e.receipthash AS receipt_hash,
    report.kind AS kind,
    report.occurred.from AS occurred_from,
    report.occurred.to AS occurred_to,
    report.occurred.precision AS precision,
    -- The date as it was written, not converted to any time zone.
    toDate32OrZero(substring(report.occurred.from, 1, 10)) AS day,
    report.reportedAt AS reported_at,
    report.language AS language,
    report.channel AS channel,
    report.sourceConnection AS source_connection,
    report.reliability AS reliability,
    report.violationStatus AS violation_status,
    -- A reporter who did not say is not public.
    if(report.confidentiality = '', 'restricted', report.confidentiality) AS confidentiality,
    report.consent AS consent,
    report.synthetic AS synthetic,
    report.statedReason AS stated_reason,
    report.legalBasis AS legal_basis,
    toUInt8(length(data.personal.evidence)) AS evidence_count,
    JSONExtractRaw(event, 'data', 'report', 'details') AS details,
    report.details.peopleDetained AS people_detained,
    report.details.copiesSeized AS copies_seized,
    report.details.votesConcerned AS votes_concerned,
    enrichment.akimat.regionCode AS region_code,
    enrichment.akimat.regionCodeToday AS region_code_today,
    enrichment.akimat.method AS region_method,
    enrichment.akimat.confidence AS region_confidence,
    enrichment.akimat.reason AS region_reason,
    enrichment.akimat.candidates AS region_candidates,
    enrichment.huridocs AS huridocs,
    enrichment.odihrArea AS odihr_area,
    enrichment.lawInForce AS law_in_force,
    enrichment.election.id AS election_id,
    enrichment.election.daysToElection AS days_to_election,
    enrichment.election.campaignBegun AS campaign_begun,
    enrichment.narrativeLanguage AS narrative_language,
    if(is_public, data.personal.narrativeRedacted, '') AS narrative,
    if(is_public, report.place.lat, NULL) AS latitude,
    if(is_public, report.place.lon, NULL) AS longitude,
    data.failure.step AS failure_step,
    data.failure.detail AS failure_detail
FROM baqylau.landing;

INSERT INTO baqylau.report_states_store
(
    report_id, author, version, event_id, revision, content_hash, receipt_hash, kind, occurred_from, occurred_to,
    precision, day, reported_at, language, channel, source_connection, reliability, violation_status, confidentiality,
    consent, synthetic, stated_reason, legal_basis, evidence_count, details, people_detained, copies_seized,
    votes_concerned, region_code, region_code_today, region_method, region_confidence, region_reason,
    region_candidates, huridocs, odihr_area, law_in_force, election_id, days_to_election, campaign_begun,
    narrative_language, narrative, latitude, longitude, failure_step, failure_detail, rank
)
SELECT
    report_id, author, version, event_id, revision, content_hash, receipt_hash, kind, occurred_from, occurred_to,
    precision, day, reported_at, language, channel, source_connection, reliability, violation_status, confidentiality,
    consent, synthetic, stated_reason, legal_basis, evidence_count, details, people_detained, copies_seized,
    votes_concerned, region_code, region_code_today, region_method, region_confidence, region_reason,
    region_candidates, huridocs, odihr_area, law_in_force, election_id, days_to_election, campaign_begun,
    narrative_language, narrative, latitude, longitude, failure_step, failure_detail,
    bitShiftLeft(toUInt256(version), 192) + reinterpretAsUInt256(reverse(unhex(concat(
        substring(content_hash, 9, 24),
        substring(hex(SHA256(concat(toString(event_id), details))), 1, 24)
    )))) AS rank
FROM baqylau.reports_store;

-- One row per report as it stands, retracted ones left out.
CREATE OR REPLACE VIEW baqylau.reports AS
SELECT
    report_id,
    author,
    revision,
    version,
    CAST(transform(bitAnd(bitShiftRight(version, 14), 3), [0, 1, 2], ['submitted', 'enrichment_failed', 'enriched'], ''), 'LowCardinality(String)') AS stage,
    toDateTime64(received.received_at, 3, 'UTC') AS received_at,
    kind,
    occurred_from,
    occurred_to,
    precision,
    day,
    reported_at,
    language,
    channel,
    source_connection,
    reliability,
    violation_status,
    confidentiality,
    consent,
    synthetic,
    stated_reason,
    legal_basis,
    evidence_count,
    details,
    people_detained,
    copies_seized,
    votes_concerned,
    region_code,
    region_code_today,
    region_method,
    region_confidence,
    region_reason,
    region_candidates,
    huridocs,
    odihr_area,
    law_in_force,
    election_id,
    days_to_election,
    campaign_begun,
    narrative_language,
    narrative,
    latitude,
    longitude,
    failure_step,
    failure_detail,
    content_hash,
    receipt_hash,
    event_id,
    -- Two authors under one id are two reports.
    CAST(report_id IN (
        SELECT report_id FROM baqylau.report_received_store GROUP BY report_id HAVING min(author) != max(author)
    ), 'Bool') AS contested,
    -- Two contents at the revision that holds: the greater hash won.
    CAST((report_id, author, revision) IN (
        SELECT report_id, author, revision
        FROM baqylau.report_events_store
        GROUP BY report_id, author, revision
        HAVING min(content_hash) != max(content_hash)
    ), 'Bool') AS conflicting
FROM (SELECT * FROM baqylau.report_states_store FINAL WHERE NOT bitTest(version, 47)) AS report
LEFT JOIN
(
    SELECT report_id, author, min(received_at) AS received_at FROM baqylau.report_received_store GROUP BY report_id, author
) AS received USING (report_id, author);

-- One row per incident. An incident has one kind and one akimat: an id that two authors claim for different stories stays two.
CREATE OR REPLACE VIEW baqylau.incidents AS
SELECT
    incident_id,
    kind,
    region_code,
    region_code_today,
    min(report.day) AS first_seen,
    max(report.day) AS last_seen,
    -- Of several reports of the first day, that of the most exact: any of them would be another one at each asking.
    toLowCardinality(argMin(
        report.precision, (report.day, indexOf(['exact', 'day', 'month', 'approximate'], report.precision))
    )) AS precision,
    count() AS reports,
    uniqExact(author) AS sources,
    max(report.region_confidence) AS region_confidence,
    quantileExactLow(0.5)(report.people_detained) AS people_detained,
    quantileExactLow(0.5)(report.copies_seized) AS copies_seized
FROM (SELECT *, report_id AS incident_id FROM baqylau.reports) AS report
GROUP BY incident_id, kind, region_code, region_code_today;
