"""Fixtures of the Python suites. They run against a system that is already up (tests/run starts one and sets the
environment); with only MAILLAGE_RUN set, the env file of that run directory is read."""
import os
import pathlib
import uuid

import psycopg
import pytest

from support import data, snapshot
from support.cleanup import remove_members, remove_test_rows
from support.client import Client, client_for, environment
from support.contract import Contract


def _read_env_file():
    """Lines KEY=value of the run directory's env file; what is set already wins."""
    folder = os.environ.get("MAILLAGE_RUN")
    if not folder:
        folder = str(pathlib.Path(__file__).resolve().parents[1] / ".run")
        os.environ["MAILLAGE_RUN"] = folder
    path = pathlib.Path(folder) / "env"
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and key.startswith("MAILLAGE_"):
            os.environ.setdefault(key, value.strip("'\""))


_read_env_file()


def pytest_configure(config):
    config.addinivalue_line("markers", "timeout(seconds): bound of one test (pytest-timeout)")


def pytest_sessionfinish(session):
    """The recording is looked at when the system has gone: what is needed of it is written down now."""
    record = os.environ.get("MAILLAGE_RECORD")
    if record and os.path.exists(record) and not hasattr(session.config, "workerinput"):
        try:
            snapshot.take(record)
        except (OSError, psycopg.Error, AssertionError, ValueError) as error:
            print(f"no snapshot of the system: {error}")


# --- callers ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def url():
    return environment("MAILLAGE_URL")


@pytest.fixture(scope="session")
def keys():
    return {
        name: environment(f"MAILLAGE_KEY_{name}")
        for name in ("NATIONAL", "DELEGATION_BRETAGNE", "DELEGATION_OCEAN_INDIEN", "STRUCTURE", "PARTNER")
    }


@pytest.fixture(scope="session")
def anonymous(url):
    return Client(url)


@pytest.fixture(scope="session")
def national(url, keys):
    return Client(url, keys["NATIONAL"], "national")


@pytest.fixture(scope="session")
def bretagne(url, keys):
    return Client(url, keys["DELEGATION_BRETAGNE"], "delegation-bretagne")


@pytest.fixture(scope="session")
def ocean_indien(url, keys):
    return Client(url, keys["DELEGATION_OCEAN_INDIEN"], "delegation-ocean-indien")


@pytest.fixture(scope="session")
def structure(url, keys):
    return Client(url, keys["STRUCTURE"], "structure")


@pytest.fixture(scope="session")
def partner(url, keys):
    return Client(url, keys["PARTNER"], "partner")


@pytest.fixture(scope="session")
def admin():
    """The admin listener of the common daemon."""
    address = os.environ.get("MAILLAGE_ADMIN")
    if not address:
        from support.system import read_config

        address = read_config()["admin_listen"]
    return client_for(address, None, "admin")


@pytest.fixture(scope="session")
def edge(url):
    """(host, port) of nginx, for raw sockets."""
    client = Client(url)
    return client.host, client.port


@pytest.fixture(scope="session")
def contract(anonymous):
    return Contract.load(anonymous)


@pytest.fixture(scope="session")
def owner():
    """The database with the owner's rights; statements commit at once."""
    with psycopg.connect(environment("MAILLAGE_DATABASE"), autocommit=True) as connection:
        yield connection


# --- test data ----------------------------------------------------------------------------------------------------
class Scratch:
    """Members of the tests, created over HTTP and removed by SQL after each file of tests."""

    def __init__(self, client):
        self.client = client
        self.ids = set()

    def create(self, client=None, **fields):
        place = fields.pop("place", data.RENNES)
        answer = (client or self.client).post("/v1/members", data.member(place, **fields))
        assert answer.status == 201, answer
        return self.keep(answer)

    def keep(self, answer):
        body = answer.json
        self.ids.add(body["id"])
        body["etag"] = answer.etag
        return body

    def join(self, member, starts_on, ends_on=None, **fields):
        body = {"starts_on": starts_on, **fields}
        if ends_on:
            body["ends_on"] = ends_on
        answer = self.client.post(f"/v1/members/{member['id']}/memberships", body)
        assert answer.status == 201, answer
        return answer.json

    def remove(self, member):
        """What a colleague does at the same time; the API itself deletes no member."""
        remove_members([member["id"]])

    def read(self, member):
        answer = self.client.get(f"/v1/members/{member['id']}")
        assert answer.status == 200, answer
        return answer


@pytest.fixture(scope="module")
def scratch(national):
    holder = Scratch(national)
    yield holder
    remove_test_rows()


@pytest.fixture
def member(scratch):
    """A member of Bretagne of the test's own."""
    return scratch.create()


@pytest.fixture(scope="session")
def any_uuid():
    """An id that nobody has."""
    return str(uuid.uuid4())
