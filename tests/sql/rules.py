"""The rules for SQL that runs on every store, each with text that it refuses and text that passes.

A rule takes one statement {name, sql, table, path} or one DDL text and gives what is wrong,
or None.
"""

import re

# Of the store itself: no owner, no book.
OWN = {"market_schema", "market_schema_lease"}
# One row an object, written only in a plan that also writes the object, guarded by its version.
GUARDED_BY_OBJECT = {"deadline_update", "deadline_delete", "front_link_delete"}
# Joins across owners, each of a row that belongs to the platform or of one row found by its key.
ACROSS_BOOKS = {"ledger_posting_by_id": "transfer", "sku_item": "product", "past_lines": "category",
                "past_lines_seller": "category"}
MOST_PARAMETERS = 1000


def bare(text):
    """Without what stands in quotes."""
    return re.sub(r"'(?:[^']|'')*'", "''", text)


def is_write(s):
    return re.match(r"\s*(INSERT|UPDATE|DELETE)\b", s["sql"], re.I) is not None


def found(pattern, text):
    match = re.search(pattern, bare(text), re.I | re.S)
    return " ".join(match.group(0).split()) if match else None


# ---- statements ----

def names_its_table(s):
    if is_write(s):
        table = re.match(r"\s*(?:INSERT INTO|UPDATE(?: \{or_fail\})?|DELETE FROM)\s+(\w+)",
                         s["sql"], re.I).group(1)
        return None if table == s["table"] else f"table is {s['table']}"
    return None


def names_book(s):
    if is_write(s) and s["table"] not in OWN and "book_id" not in s["sql"]:
        return "a write without book_id"
    return None


def keeps_keys(s):
    match = re.match(r"\s*UPDATE\b.*?\bSET\b(.*?)(\bWHERE\b|$)", s["sql"], re.I | re.S)
    key = match and re.search(r"(?:^|,)\s*(book_id|id)\s*=", match.group(1))
    return f"it changes the key column {key.group(1)}" if key else None


def binds_values(s):
    quoted = re.search(r"'[^']+'", s["sql"]) if is_write(s) else None
    return f"{quoted.group(0)} isn't bound" if quoted else None


VOLATILE = (r"\b(now|random|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|"
            r"gen_random_uuid|uuid_generate_v4|nextval|currval|lastval|setval|last_insert_rowid|"
            r"changes|julianday|unixepoch|txid_current|pg_\w+)\s*\(|"
            r"\bcurrent_(timestamp|date|time|user)\b|\blocaltime(stamp)?\b|\bsession_user\b")


def calls_nothing_volatile(s):
    return found(VOLATILE, s["sql"])


def inserts_do_nothing(s):
    if not re.match(r"\s*INSERT\b", s["sql"], re.I):
        return None
    if not re.match(r"\s*INSERT INTO\b", s["sql"], re.I):
        return "an INSERT OR"
    text = " ".join(s["sql"].split())
    if text.endswith(" ON CONFLICT DO NOTHING"):
        return None
    return "it doesn't end ON CONFLICT DO NOTHING"


def updates_are_guarded(s):
    if not re.match(r"\s*(UPDATE|DELETE)\b", s["sql"], re.I):
        return None
    where = re.search(r"\bWHERE\b(.*)$", s["sql"], re.I | re.S)
    parts = [part.strip() for part in re.split(r"\bAND\b", where.group(1),
                                               flags=re.I)] if where else []
    if not any(re.match(r"book_id\s*(=|IN\b)", part) for part in parts):
        return "no WHERE with book_id"
    guards = [part for part in parts if not re.match(r"(book_id|id)\s*=\s*[:?]\w+$", part)]
    if not guards and s["name"] not in GUARDED_BY_OBJECT:
        return "no guard beside the key"
    return None


LOCKS = (r"\bFOR\s+(NO\s+KEY\s+)?(UPDATE|SHARE|KEY\s+SHARE)\b|\bSKIP\s+LOCKED\b|\bNOWAIT\b|"
         r"advisory|\bLISTEN\b|\bNOTIFY\b|\bLOCK\s+TABLE\b|\bxmin\b|\bxmax\b")


def takes_no_locks(s):
    return found(LOCKS, s["sql"])


ONE_ENGINE = (r"\bRETURNING\b|\bNATURAL\b|\bI?LIKE\b|\bGLOB\b|\bSIMILAR\s+TO\b|\bjsonb?_\w+|"
              r"\bctid\b|\browid\b|\bDISTINCT\s+ON\b|\bLATERAL\b|\bFULL\s+(OUTER\s+)?JOIN\b|::|->|"
              r"\bARRAY\b|\bTABLESAMPLE\b|\bGROUPING\s+SETS\b|\bSELECT\s+\*|\bIS\s+DISTINCT\b|"
              r"\bINDEXED\s+BY\b|\bSTRING_AGG\b|\bGROUP_CONCAT\b")


def belongs_to_all_engines(s):
    return found(ONE_ENGINE, s["sql"])


def has_simple_form(s):
    writes = found(r"\b(INSERT|UPDATE|DELETE)\b", s["sql"])
    if re.match(r"\s*WITH\b", bare(s["sql"]), re.I) and writes:
        return "a CTE that writes"
    return found(r"\bMERGE\s+INTO\b|\bRECURSIVE\b", s["sql"])


def divides_nothing(s):
    return found(r"/|\bavg\s*\(|\bdiv\s*\(", s["sql"])


def sums_are_cast(s):
    text = bare(s["sql"])
    for match in re.finditer(r"\bSUM\s*\(", text, re.I):
        before = text[:match.start()]
        if not re.search(r"\bCAST\s*\((?:\s*COALESCE\s*\()?\s*$", before, re.I):
            return "a SUM without CAST"
    return None


def orders_what_it_limits(s):
    if found(r"\bOFFSET\b", s["sql"]):
        return "OFFSET: pages are by key"
    if found(r"\bLIMIT\b", s["sql"]) and not found(r"\bORDER\s+BY\b", s["sql"]):
        return "LIMIT without ORDER BY"
    return None


def has_few_parameters(s):
    numbers = [int(number) for number in re.findall(r"\?(\d+)", s["sql"])]
    count = max(numbers + [len(set(re.findall(r":[a-z_]\w*", s["sql"])))])
    return f"{count} parameters" if count > MOST_PARAMETERS else None


SESSION = (r"^\s*(SET|RESET|PREPARE|EXECUTE|DEALLOCATE|DISCARD|DECLARE|FETCH|LISTEN|LOAD|PRAGMA|"
           r"ATTACH|COPY|VACUUM|ANALYZE|EXPLAIN)\b|"
           r"\bset_config\s*\(|\bTEMP(ORARY)?\b|\bWITH\s+HOLD\b")


def keeps_no_session_state(s):
    return found(SESSION, s["sql"])


def searches_no_text(s):
    return found(r"\bMATCH\b|\bto_ts(vector|query)\b|@@|\bfts5\b", s["sql"])


def joins_within_books(s):
    """So that a join stays on the machine that has the book."""
    text = bare(s["sql"])
    for table, alias in re.findall(r"\bJOIN\s+(\w+)\s+(?:AS\s+)?(\w+)", text, re.I):
        name = table if alias.upper() in ("ON", "JOIN", "CROSS", "WHERE") else alias
        own = re.search(rf"\b{name}\.book_id\s*=\s*\w+\.book_id\b|"
                        rf"\w+\.book_id\s*=\s*{name}\.book_id\b", text)
        if not own and re.search(r"\bFROM \(VALUES\b", text):
            own = re.search(rf"\b{name}\.book_id\s*=\s*\?\d", text)
        if not own and ACROSS_BOOKS.get(s["name"]) != table:
            return f"the join with {table} isn't by the book"
    return None


# ---- DDL, before its tokens are replaced ----

def tables_have_keys(text):
    match = re.match(r"\s*CREATE TABLE IF NOT EXISTS (\w+)\s*\((.*)$", text, re.S)
    if not match or match.group(1) in OWN:
        return None
    if match.group(2).lstrip().startswith("{key}"):
        return None
    if re.match(r"\s*book_id \{int\}( NOT NULL)? PRIMARY KEY\b", match.group(2)):
        return None
    key = re.search(r"PRIMARY KEY\s*\(([^)]*)\)", match.group(2))
    if not key:
        return "no primary key"
    first = key.group(1).split(",")[0].strip()
    return None if first == "book_id" else "its key doesn't begin with book_id"


def makes_no_ids(text):
    return found(r"\b(SMALL|BIG)?SERIAL\b|\bIDENTITY\b|\bSEQUENCE\b|\bAUTOINCREMENT\b|"
                 r"\bDEFAULT\b", text)


def uniques_have_books(text):
    index = re.match(r"\s*CREATE UNIQUE INDEX .*? ON \w+ \(([^)]*)\)", text, re.S)
    columns = ([index.group(1)] if index else []) + re.findall(r"\bUNIQUE\s*\(([^)]*)\)", text)
    for listed in columns:
        if "book_id" not in [column.strip() for column in listed.split(",")]:
            return f"UNIQUE ({listed}) without book_id"
    return "UNIQUE of a column" if found(r"\bUNIQUE\b(?!\s*\(|\s+INDEX)", text) else None


def refers_by_token(text):
    return found(r"\bREFERENCES\b|\bFOREIGN\s+KEY\b", text)


def types_are_three(text):
    match = re.match(r"\s*CREATE TABLE IF NOT EXISTS (\w+)\s*\((.*)\)\s*(\{strict\})?\s*$", text,
                     re.S)
    if not match:
        return None
    if not match.group(3):
        return "the table isn't {strict}"
    body = re.sub(r"(PRIMARY KEY|UNIQUE)\s*\([^)]*\)", "", match.group(2))
    for column in body.split(","):
        column = column.strip()
        if column and not re.match(r"\{key\}$|\{fk:\w+:\w+\}( NOT NULL)?$|"
                                   r"\w+ (\{int\}|\{text\}|\{blob\}|TEXT|BLOB)"
                                   r"( NOT NULL| PRIMARY KEY| )*$", column):
            return f"the column {column!r}"
    return None


def has_no_engine_code(text):
    return found(r"\b(TRIGGER|PROCEDURE|FUNCTION|GENERATED|DEFERRABLE|EXCLUDE|RULE|DOMAIN|ENUM|"
                 r"VIEW|CHECK|INHERITS|PARTITION)\b|\[\]|\bjsonb?\b|\bUSING\b", text)


def is_repeatable(text):
    if ";" in bare(text):
        return "more than one statement"
    if re.match(r"\s*\{(id_index|text_index|text_lookup):\w+\}\s*$", text):
        return None
    if not re.match(r"\s*CREATE (TABLE|(UNIQUE )?INDEX) IF NOT EXISTS ", text):
        return "it can't be run again"
    return None


# ---- the rules: number, title, function, refused, let pass ----

def wrote(table, sql, name="x"):
    return {"name": name, "sql": sql, "table": table, "path": ""}


def read(sql, name="x"):
    return wrote(None, sql, name)


GOOD = wrote("t",
             "UPDATE t SET a = ?3, version = version + 1 "
             "WHERE book_id = ?1 AND id = ?2 AND version = ?4")

STATEMENTS = (
    ("a write names its table", names_its_table,
     [wrote("u", "DELETE FROM t WHERE book_id = ?1 AND a = ?2"),
      wrote(None, "INSERT INTO t (book_id) VALUES (?1)")],
     [GOOD, read("SELECT a FROM t")]),
    ("5: a write names book_id", names_book,
     [wrote("t", "UPDATE t SET a = ?1 WHERE id = ?2"),
      wrote("t", "INSERT INTO t (id) VALUES (?1)")],
     [GOOD, wrote("market_schema", "INSERT INTO market_schema (number) VALUES (?1)")]),
    ("2: no write changes a key", keeps_keys,
     [wrote("t", "UPDATE t SET id = ?3 WHERE book_id = ?1 AND a = ?2"),
      wrote("t", "UPDATE t SET a = 1, book_id = ?3 WHERE book_id = ?1 AND id = ?2")],
     [GOOD, wrote("t", "UPDATE t SET object_id = ?3 WHERE book_id = ?1 AND id = ?2")]),
    ("5: written values are bound", binds_values,
     [wrote("t", "INSERT INTO t (book_id, a) VALUES (?1, 'x') ON CONFLICT DO NOTHING")],
     [GOOD, read("SELECT a FROM t WHERE b = 'x'")]),
    ("5: no volatile function is called", calls_nothing_volatile,
     [read("SELECT now()"), read("SELECT random() FROM t"),
      read("SELECT a FROM t WHERE b < CURRENT_TIMESTAMP"),
      read("SELECT nextval('s')"), read("SELECT gen_random_uuid()")],
     [GOOD, read("SELECT known (a) FROM t")]),
    ("6: an insert ends with ON CONFLICT DO NOTHING", inserts_do_nothing,
     [wrote("t", "INSERT INTO t (book_id) VALUES (?1)"),
      wrote("t", "INSERT INTO t (book_id) VALUES (?1) ON CONFLICT (book_id) DO NOTHING"),
      wrote("t", "INSERT OR IGNORE INTO t (book_id) VALUES (?1) ON CONFLICT DO NOTHING"),
      wrote("t", "INSERT INTO t (book_id) VALUES (?1) ON CONFLICT DO UPDATE SET a = 1")],
     [GOOD, wrote("t", "INSERT INTO t (book_id) VALUES (?1) ON CONFLICT DO NOTHING")]),
    ("6: an update or delete has a guard beside its key", updates_are_guarded,
     [wrote("t", "UPDATE t SET a = ?1"), wrote("t", "DELETE FROM t WHERE a = ?1"),
      wrote("t", "UPDATE t SET a = ?3 WHERE book_id = ?1 AND id = ?2")],
     [GOOD, wrote("deadline", "DELETE FROM deadline WHERE book_id = ?1 AND id = ?2",
                  "deadline_delete"),
      wrote("t", "UPDATE t SET n = n - ?3 WHERE book_id = ?1 AND id = ?2 AND n >= ?3")]),
    ("6: no lock is taken", takes_no_locks,
     [read("SELECT a FROM t FOR UPDATE"), read("SELECT a FROM t FOR NO KEY UPDATE SKIP LOCKED"),
      read("SELECT pg_advisory_lock(1)"), read("LISTEN a"), read("LOCK TABLE t"),
      read("SELECT xmin FROM t")],
     [GOOD, read("SELECT lock_name FROM t")]),
    ("nothing that only one engine has", belongs_to_all_engines,
     [wrote("t", "DELETE FROM t WHERE book_id = ?1 RETURNING id"), read("SELECT a::text FROM t"),
      read("SELECT json_extract(a, ?1) FROM t"), read("SELECT rowid FROM t"),
      read("SELECT * FROM t"),
      read("SELECT a FROM t WHERE b ILIKE ?1")],
     [GOOD, read("SELECT t.a AS likes FROM t")]),
    ("7: no writable or recursive CTE, no MERGE", has_simple_form,
     [read("WITH x AS (DELETE FROM t WHERE a = 1) SELECT 1"),
      read("WITH RECURSIVE x AS (SELECT 1) SELECT 1"),
      read("MERGE INTO t USING u ON 1 = 1")],
     [GOOD, read("WITH x AS (SELECT 1 AS a) SELECT a FROM x")]),
    ("7: no division", divides_nothing,
     [read("SELECT a / 2 FROM t"), read("SELECT a/b FROM t"), read("SELECT avg(a) FROM t")],
     [GOOD, read("SELECT a FROM t WHERE b = 'x/y'")]),
    ("7: a sum is cast", sums_are_cast,
     [read("SELECT SUM(a) FROM t"), read("SELECT CAST(SUM(a) AS BIGINT), SUM(b) FROM t")],
     [GOOD, read("SELECT CAST(COALESCE(SUM(a), 0) AS BIGINT) FROM t")]),
    ("8: a limit has an order, and no page is by number", orders_what_it_limits,
     [read("SELECT a FROM t LIMIT 1"), read("SELECT a FROM t ORDER BY a LIMIT 1 OFFSET 5")],
     [GOOD, read("SELECT a FROM t ORDER BY a LIMIT 1")]),
    ("8: at most 1,000 parameters", has_few_parameters,
     [read("SELECT ?1001"), read("SELECT " + ", ".join(f":a{i}" for i in range(1001)))],
     [GOOD, read("SELECT ?1000")]),
    ("13: no state of a session", keeps_no_session_state,
     [read("SET statement_timeout = 5"), read("PREPARE a AS SELECT 1"), read("DEALLOCATE ALL"),
      read("CREATE TEMP TABLE a (b TEXT)"), read("SELECT set_config(?1, ?2, true)"),
      read("DECLARE c CURSOR WITH HOLD FOR SELECT 1")],
     [GOOD, read("SELECT a FROM t WHERE b = 'SET'")]),
    ("14: no full text search outside its interface", searches_no_text,
     [read("SELECT a FROM t WHERE t MATCH ?1"),
      read("SELECT a FROM t WHERE to_tsvector(a) @@ to_tsquery(?1)")],
     [GOOD]),
    ("a join is by the book", joins_within_books,
     [read("SELECT t.a FROM t JOIN u ON u.id = t.u_id"),
      read("SELECT t.a FROM t JOIN u ON u.book_id = t.book_id JOIN v ON v.id = t.v_id "
           "WHERE t.book_id = ?1"),
      read("SELECT t.a FROM t CROSS JOIN u WHERE t.book_id = ?1"),
      read("SELECT u.a FROM (VALUES (?2), (?3)) r CROSS JOIN u WHERE u.id = r.column1")],
     [GOOD, read("SELECT u.a FROM (VALUES (?2), (?3)) r CROSS JOIN u WHERE u.book_id = ?1 AND "
                 "u.id = r.column1"),
      read("SELECT t.a FROM t JOIN u ON u.book_id = t.book_id AND u.id = t.u_id"),
      read("SELECT x.a FROM t x CROSS JOIN u y WHERE x.book_id = ?1 AND y.book_id = x.book_id"),
      read("SELECT t.a FROM t JOIN product p ON p.book_id = t.product_book_id", "sku_item")]),
)

TABLE = ("CREATE TABLE IF NOT EXISTS t ({key}, a {int} NOT NULL, b TEXT, {fk:c_id:c} NOT NULL, "
         "UNIQUE (book_id, a)){strict}")
INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (book_id, a) WHERE a IS NOT NULL"

DDL = (
    ("1: every table has a primary key that begins with the book", tables_have_keys,
     ["CREATE TABLE IF NOT EXISTS t (a {int}){strict}",
      "CREATE TABLE IF NOT EXISTS t (book_id {int}, id {int}, PRIMARY KEY (id, book_id)){strict}"],
     [TABLE, INDEX, "CREATE TABLE IF NOT EXISTS t (book_id {int} PRIMARY KEY, a TEXT){strict}",
      "CREATE TABLE IF NOT EXISTS t (book_id {int}, n {int}, PRIMARY KEY (book_id, n)){strict}"]),
    ("1: ids are made by the application", makes_no_ids,
     ["CREATE TABLE t (id BIGSERIAL)", "CREATE SEQUENCE s",
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
      "CREATE TABLE t (a {int} DEFAULT 1)"], [TABLE, INDEX]),
    ("1: what is unique is so within a book", uniques_have_books,
     ["CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)", TABLE.replace("(book_id, a)", "(a)"),
      "CREATE TABLE IF NOT EXISTS t ({key}, a TEXT UNIQUE){strict}"],
     [TABLE, INDEX, "CREATE INDEX IF NOT EXISTS i ON t (a)"]),
    ("1: a reference is within a book, by its token", refers_by_token,
     ["CREATE TABLE IF NOT EXISTS t ({key}, a {int} REFERENCES u (id)){strict}",
      "CREATE TABLE IF NOT EXISTS t ({key}, FOREIGN KEY (a) REFERENCES u){strict}"], [TABLE,
                                                                                      INDEX]),
    ("2: columns are integers, texts or blobs, and tables strict", types_are_three,
     [TABLE.replace("{strict}", ""), TABLE.replace("a {int}", "a REAL"), TABLE.replace("b TEXT",
            "b TIMESTAMPTZ"),
      TABLE.replace("a {int}", "a NUMERIC"), TABLE.replace("b TEXT", "b VARCHAR"),
      TABLE.replace("b TEXT", "b")],
     [TABLE, INDEX]),
    ("3: no triggers, procedures, generated columns or constraints of one engine",
     has_no_engine_code,
     ["CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END", "CREATE FUNCTION f () RETURNS void",
      TABLE.replace("b TEXT", "b TEXT GENERATED ALWAYS AS (a) STORED"),
      TABLE.replace("b TEXT", "b TEXT, EXCLUDE USING gist (b WITH =)"),
      TABLE.replace("UNIQUE (book_id, a)", "UNIQUE (book_id, a) DEFERRABLE")], [TABLE, INDEX]),
    ("4: a step is one statement that can be run again", is_repeatable,
     [TABLE.replace("IF NOT EXISTS ", ""), INDEX.replace("IF NOT EXISTS ", ""),
      TABLE + "; " + INDEX,
      "ALTER TABLE t ADD COLUMN a TEXT"], [TABLE, INDEX, "{id_index:t}", "{text_index:t}"]),
)
