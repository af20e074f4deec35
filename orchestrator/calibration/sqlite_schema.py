"""The tables of the judgements in the SQLite file, and how a file of an older version comes to have them."""

import sqlite3

# Keys are long, so they stand once, and numbers stand for them.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS raters (rater INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS works (work INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS reviews (
  review INTEGER PRIMARY KEY, feedback_id TEXT NOT NULL UNIQUE, work INTEGER NOT NULL,
  added_at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS reviews_by_work ON reviews (work);
CREATE INDEX IF NOT EXISTS reviews_by_age ON reviews (added_at);
CREATE TABLE IF NOT EXISTS judgements (
  rater INTEGER, criterion INTEGER, work INTEGER, review INTEGER NOT NULL, levels REAL NOT NULL, peers REAL,
  people REAL, PRIMARY KEY (rater, criterion, work)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS judgements_by_work ON judgements (work);
CREATE TABLE IF NOT EXISTS people (
  work INTEGER, person TEXT, criterion INTEGER, review INTEGER NOT NULL, levels REAL NOT NULL,
  PRIMARY KEY (work, person, criterion)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calibrations (
  version TEXT PRIMARY KEY, used_at REAL NOT NULL, numbers TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS calibrations_by_use ON calibrations (used_at)
"""
# Until 0.2.0 a judgement was known by its feedback alone: each feedback is taken for a work of its own.
_TAKE_0_2_0 = """
INSERT INTO raters (key) SELECT DISTINCT rater FROM old_judgements ORDER BY rater;
INSERT INTO works (key) SELECT feedback_id FROM old_judgements GROUP BY 1 ORDER BY min(rowid);
INSERT INTO reviews (feedback_id, work, added_at) SELECT key, work, unixepoch('now') FROM works;
INSERT INTO people SELECT work, person, criterion, review, levels
  FROM old_people JOIN reviews USING (feedback_id);
INSERT INTO judgements
  SELECT raters.rater, old.criterion, work, review, levels, peers,
    (SELECT avg(levels) FROM people WHERE people.work = reviews.work AND people.criterion = old.criterion)
  FROM old_judgements AS old JOIN raters ON key = old.rater JOIN reviews USING (feedback_id);
DROP TABLE old_judgements;
DROP TABLE old_people
"""


def make_tables(connection: sqlite3.Connection) -> None:
    """Gives a file the tables, and what Chorus 0.1.0 or 0.2.0 has learned.

    Raises:
        sqlite3.Error: The file cannot be used.
    """
    connection.execute("BEGIN IMMEDIATE")
    columns = connection.execute("SELECT name FROM pragma_table_info('judgements')").fetchall()
    is_old = ("feedback_id",) in columns
    if is_old:
        for statement in (
            "DROP INDEX judgements_by_rater",
            "ALTER TABLE judgements RENAME TO old_judgements",
            "ALTER TABLE people RENAME TO old_people",
        ):
            connection.execute(statement)
    for statement in (_SCHEMA + (f";{_TAKE_0_2_0}" if is_old else "")).split(";"):
        connection.execute(statement)
    connection.execute("COMMIT")
