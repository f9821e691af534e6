"""The 304 of a page that is not read again: seen by holding its table locked, and by every way in which it must not stay 304."""
import contextlib

import psycopg
import pytest
from support import data
from support import keys as keys_of
from support.client import Client, environment
from support.problems import assert_problem

PAGE = "/v1/members?sort=name&limit=20"


@contextlib.contextmanager
def unreadable(table="network.member_card"):
    """As long as it lasts, whoever reads the table waits for its statement to be cancelled."""
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        connection.execute("set lock_timeout = '5s'")
        connection.execute(f"lock table {table} in access exclusive mode")
        yield
        connection.rollback()


def again(client, answer, path=PAGE, record=True, **headers):
    return client.get(path, headers={"If-None-Match": answer.etag, **headers}, record=record)


@pytest.fixture
def known(national):
    """A page whose tag the daemon knows to be right."""
    answer = national.get(PAGE)
    assert answer.status == 200
    assert again(national, answer).status == 304
    return answer


@pytest.fixture
def member(scratch):
    return scratch.create(name="Relais des pages inchangées")


def change(connection, member, text):
    connection.execute("update network.member set brand = %s where id = %s", [text, member["id"]])


def test_not_read_again(national, known):
    with unreadable():
        answer = again(national, known)
        assert (answer.status, answer.body, answer.etag) == (304, b"", known.etag)
        for name in ("Cache-Control", "Vary"):
            assert answer.header(name) == known.header(name), name
        assert again(national, known, **{"If-None-Match": f'W/{known.etag}, "l-0000000000000000"'}).status == 304
        assert national.get(PAGE, record=False).status == 503


def test_read_when_anything_differs(national, bretagne, known):
    for path in (PAGE + "&kind=AI", PAGE.replace("20", "21"), PAGE + "&fields=id,name"):
        assert again(national, known, path).status == 200, path
    assert again(bretagne, known).status == 200, "another caller's page"
    assert again(national, known, **{"If-None-Match": '"l-0000000000000000"'}).status == 200
    counted = again(national, known, Prefer="count=exact")
    assert counted.status == 200 and counted.header("Total-Count")


def test_a_write_is_seen(national, owner, known, member):
    change(owner, member, data.name("Enseigne"))
    answer = again(national, known)
    assert answer.status == 304, "written, but not on this page"
    change(owner, {"id": known.json["data"][0]["id"]}, data.name("Enseigne"))
    assert again(national, known).status == 200


def test_a_writer_that_began_before(national, owner, known, member):
    first = {"id": known.json["data"][0]["id"]}
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as early:
        change(early, first, "Du matin")
        change(owner, member, "Plus tard")
        assert again(national, known).status == 304, "read"
        assert again(national, known).status == 304, "and unread"
        early.commit()
    answer = again(national, known)
    assert answer.status == 200 and answer.json["data"][0]["brand"] == "Du matin"


def test_what_was_taken_back(national, known):
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        change(connection, {"id": known.json["data"][0]["id"]}, "Jamais")
        connection.rollback()
    assert again(national, known).status == 304


def test_a_key_that_ends(national, owner, url):
    label = data.name("Pages")
    secret = keys_of.create("NATIONAL", label)
    client = Client(url, secret, "short-lived")
    answer = client.get(PAGE)
    assert answer.status == 200 and again(client, answer).status == again(client, answer).status == 304
    owner.execute("select access.revoke_key(id) from access.api_key where label = %s", [label])
    assert_problem(again(client, answer), 401, "unauthenticated")


def test_lists_that_are_read_each_time(national):
    """What reading itself changes, or the hour, is not told from the marks of writes."""
    path = "/v1/api-keys?limit=100"
    answer = national.get(path)
    assert again(national, answer, path).status in (200, 304)
    with unreadable("access.api_key"):
        assert again(national, answer, path, record=False).status == 503
