-- The last step: only now may anything land. The lander names this column in every insert, so that before it is there, while
-- some of the materialized views still lack, ClickHouse refuses the insert, instead of taking rows that nothing keeps.
ALTER TABLE baqylau.landing ADD COLUMN IF NOT EXISTS is_open Bool;

ALTER TABLE baqylau.landing_dead_letters ADD COLUMN IF NOT EXISTS is_open Bool;
