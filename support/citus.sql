-- Distributes a store over a Citus cluster, by book. Run once by psql on the coordinator, on a store
-- that nobody uses meanwhile. docs/guides/scaling.md says what it is for.
\set ON_ERROR_STOP on

-- A reference can only be to a table that is distributed already: they are put aside.
CREATE TEMP TABLE held AS
	SELECT c.conrelid::regclass::text AS held_of, c.conname, pg_get_constraintdef(c.oid) AS text
	FROM pg_constraint c
	WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace;
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', held_of, conname) FROM held \gexec

-- The platform's own, which other books' rows are joined with, and the store's marks: on every node.
CREATE TEMP TABLE everywhere AS
	SELECT unnest(ARRAY['market_schema', 'market_schema_lease', 'category', 'attribute', 'product',
		'change_request', 'brand', 'brand_name', 'brand_quota', 'price_rule', 'ledger_request']) AS name;
SELECT create_reference_table(name) FROM everywhere;

-- All others by book, the same books on the same node.
SELECT create_distributed_table('account', 'book_id', colocate_with => 'none');
SELECT create_distributed_table(c.relname::text, 'book_id', colocate_with => 'account')
	FROM pg_class c
	WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
		AND c.relname <> 'account' AND c.relname NOT IN (SELECT name FROM everywhere)
	ORDER BY c.relname;

SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', held_of, conname, text)
	FROM held ORDER BY held_of, conname \gexec
