"""Removing test rows by SQL, with the owner's rights: the API deletes no member."""
import psycopg

from . import data
from .client import environment


def remove_test_members():
    """Members whose SIRET lies in the test range, with all that hangs on them, through the foreign keys."""
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        ids = [row[0] for row in connection.execute(
            "select id from network.member where siret like %s", (data.TEST_SIREN_PREFIX + "%",)).fetchall()]
    try:
        remove_members(ids)
    except psycopg.Error as error:  # the cluster is thrown away anyway; totals are not touched by these rows
        print(f"test members could not be removed: {error}")


def remove_members(ids):
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        _delete(connection, "network.member", "id", ids, frozenset())


def _delete(connection, table, column, values, path):
    if not values or table in path:
        return
    children = connection.execute("""
        select c.conrelid::regclass::text, a.attname, f.attname
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
        where c.contype = 'f' and c.confrelid = %s::regclass and array_length(c.conkey, 1) = 1""", (table,)).fetchall()
    for child, reference, referenced in children:
        keys = [row[0] for row in connection.execute(
            f"select distinct {referenced} from {table} where {column} = any(%s)", (values,)).fetchall()]
        _delete(connection, child, reference, keys, path | {table})
    connection.execute(f"delete from {table} where {column} = any(%s)", (values,))
