"""Removing test rows by SQL, with the owner's rights: the API deletes nothing."""
import psycopg

from . import data
from .client import environment

# Whatever data.name() has named ends like this.
NAMED = " [0-9a-f]{12}$"
TABLES = (
    ("network.member", "siret", f"^{data.TEST_SIREN_PREFIX}"),
    ("network.organisation", "siren", f"^{data.TEST_SIREN_PREFIX}"),
    ("network.person", "family_name", NAMED),
    ("network.economic_group", "name", NAMED),
    ("network.delegation", "name", NAMED),
    ("calendar.link", "label", NAMED),
    ("access.api_key", "label", NAMED),
    ("campaign.campaign", "title", NAMED),
    ("vacation.convention", "name", NAMED),
    ("training.course", "code", "^T-[0-9A-F]{12}$"),
    ("training.programme", "code", "^P-[0-9A-F]{12}$"),
    ("training.trainer", "code", "^E-[0-9A-F]{8}$"),
    ("training.declaration", "body_name", NAMED),
)


def remove_test_rows():
    """All rows of the tests, with what hangs on them, through the foreign keys."""
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        _allow_erasure(connection)
        for table, column, pattern in TABLES:
            ids = [
                row[0]
                for row in connection.execute(f"select id from {table} where {column} ~ %s", (pattern,)).fetchall()
            ]
            _delete(connection, table, "id", ids, frozenset())
            connection.commit()


def remove_members(ids):
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        _allow_erasure(connection)
        _delete(connection, "network.member", "id", ids, frozenset())


def _allow_erasure(connection):
    """Closed sheets, filed reports and ledgers stay: whole records go only on purpose."""
    connection.execute("set training.erasure = 'on'")


CHILDREN = """
    select c.conrelid::regclass::text, a.attname, f.attname
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
    where c.contype = 'f' and c.confrelid = %s::regclass and array_length(c.conkey, 1) = 1"""


def _delete(connection, table, column, values, path):
    if not values or table in path:
        return
    for child, reference, referenced in connection.execute(CHILDREN, (table,)).fetchall():
        keys = [
            row[0]
            for row in connection.execute(
                f"select distinct {referenced} from {table} where {column} = any(%s)", (values,)
            ).fetchall()
        ]
        _delete(connection, child, reference, keys, path | {table})
    connection.execute(f"delete from {table} where {column} = any(%s)", (values,))
