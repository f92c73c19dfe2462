-- Gives a store on YugabyteDB indices in order where the library reads them in order: those that
-- don't begin with the book. Run once by psql, on a store that nobody uses meanwhile.
-- docs/guides/scaling.md says what it is for.
\set ON_ERROR_STOP on

CREATE TEMP TABLE held AS
	SELECT x.indexrelid::regclass::text AS name,
		replace(pg_get_indexdef(x.indexrelid), ' HASH', ' ASC') AS text
	FROM pg_index x
	JOIN pg_class c ON c.oid = x.indexrelid
	JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
	WHERE NOT x.indisprimary AND c.relnamespace = current_schema()::regnamespace
		AND a.attname <> 'book_id';
SELECT 'DROP INDEX ' || name FROM held \gexec
SELECT text FROM held ORDER BY name \gexec
