-- Until reports are linked, every report is its own incident.
CREATE OR REPLACE VIEW baqylau.report_links AS
SELECT report_id, author, report_id AS incident_id, toUInt64(0) AS version
FROM baqylau.reports;

-- What analysts use: reports with incident and akimat names. Without narrative and coordinates unless public.
CREATE OR REPLACE VIEW baqylau.current_reports AS
SELECT
    report.* EXCEPT (content_hash, receipt_hash, event_id),
    report.report_id AS incident_id,
    then.name_kk AS akimat_kk,
    then.name_ru AS akimat_ru,
    then.name_en AS akimat_en,
    today.name_kk AS akimat_today_kk,
    today.name_ru AS akimat_today_ru,
    today.name_en AS akimat_today_en
FROM baqylau.reports AS report
ASOF LEFT JOIN baqylau.akimats AS then ON report.region_code = then.code AND report.day >= then.valid_from
LEFT JOIN (SELECT code, name_kk, name_ru, name_en FROM baqylau.akimats WHERE valid_to IS NULL) AS today
    ON report.region_code_today = today.code;

-- One row per incident. An incident has one kind and one akimat: an id that two authors claim for different stories stays two.
CREATE OR REPLACE VIEW baqylau.incidents AS
SELECT
    incident_id,
    kind,
    region_code,
    region_code_today,
    min(report.day) AS first_seen,
    max(report.day) AS last_seen,
    toLowCardinality(argMin(report.precision, report.day)) AS precision,
    count() AS reports,
    uniqExact(author) AS sources,
    max(report.region_confidence) AS region_confidence,
    quantileExactLow(0.5)(report.people_detained) AS people_detained,
    quantileExactLow(0.5)(report.copies_seized) AS copies_seized
FROM (SELECT *, report_id AS incident_id FROM baqylau.reports) AS report
GROUP BY incident_id, kind, region_code, region_code_today;

-- Per akimat, day, kind and precision. Reports count where and when they are; an incident counts once, on its first day.
CREATE OR REPLACE VIEW baqylau.akimat_daily AS
SELECT
    region_code,
    region_code_today,
    day,
    kind,
    toLowCardinality(precision) AS precision,
    sum(is_report) AS reports,
    sum(is_incident) AS incidents,
    sum(detained) AS people_detained,
    sum(seized) AS copies_seized,
    sum(is_denial) AS denials
FROM
(
    SELECT region_code, region_code_today, day, kind, precision,
        1 AS is_report, 0 AS is_incident, 0 AS detained, 0 AS seized, 0 AS is_denial
    FROM baqylau.reports
    UNION ALL
    SELECT region_code, region_code_today, first_seen AS day, kind, precision,
        0, 1, ifNull(people_detained, 0), ifNull(copies_seized, 0), kind IN ('premises_denial', 'media_access_denial')
    FROM baqylau.incidents
)
GROUP BY region_code, region_code_today, day, kind, precision;
