-- What the tables of the migration before this one stand for now. In a file of its own, so that the other can be run again.
DROP VIEW IF EXISTS baqylau.landing_to_reports;

DROP TABLE IF EXISTS baqylau.reports_store;
