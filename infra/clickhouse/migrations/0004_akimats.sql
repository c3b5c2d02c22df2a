-- The akimats through time, one row per naming period; filled from the registry by every `baqylau migrate`.
CREATE TABLE IF NOT EXISTS baqylau.akimats_store
(
    code LowCardinality(String),
    valid_from Date32,
    valid_to Nullable(Date32),
    name_kk String,
    name_ru String,
    name_en String
)
ENGINE = ReplacingMergeTree
ORDER BY (code, valid_from);

CREATE OR REPLACE VIEW baqylau.akimats AS
SELECT code, valid_from, valid_to, name_kk, name_ru, name_en FROM baqylau.akimats_store FINAL;
