"""Keys, scopes, cross-origin requests: numbers 80, 81, 84, 87 (82 and the whole matrix: tests/access)."""
import datetime
import hashlib

import pytest
from support import data
from support import keys as keys_of
from support.client import Client
from support.problems import assert_problem
from support.system import Daemon


@pytest.fixture
def make_key(url, owner):
    """Callers with keys of their own."""

    def make(kind="NATIONAL", label=None, extra=()):
        return Client(url, keys_of.create(kind, label or data.name("clé"), *extra), f"key {kind}")

    yield make


def key_id(owner, client):
    digest = hashlib.sha256(client.key.encode()).hexdigest()
    row = owner.execute(
        "select id from access.api_key where digest::text in (%s, %s)", (digest, "\\x" + digest)
    ).fetchone()
    assert row is not None, "the digest of the whole key is what is stored"
    return str(row[0])


# --- 80 -----------------------------------------------------------------------------------------------------------
def test_w80_no_token(anonymous):
    answer = anonymous.get("/v1/members")
    assert_problem(answer, 401, "unauthenticated")
    challenge = answer.header("WWW-Authenticate")
    assert challenge.startswith("Bearer") and "error=" not in challenge


@pytest.mark.parametrize(
    "value",
    [
        "Basic dXNlcjpwYXNz",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer x",
        "bearer",
        "Token abc",
        "Bearer " + "a" * 3000,
        "Bearer fed_demo_00000000_00000000000000000000000000000000000000",
        "Bearer \xff\xfe",
    ],
)
def test_w80_dead_tokens(anonymous, value):
    answer = anonymous.get("/v1/members", headers={"Authorization": value})
    assert_problem(answer, (400, 401))
    if answer.status == 401:
        assert answer.header("WWW-Authenticate").startswith("Bearer")


def wrong(key):
    return key[:-1] + ("A" if key[-1] != "A" else "B")


def test_w80_unknown_token(url, keys):
    answer = Client(url, wrong(keys["NATIONAL"]), "stranger").get("/v1/members")
    assert_problem(answer, 401, "unauthenticated")
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_w80_scheme_is_case_insensitive(anonymous, keys):
    answer = anonymous.get("/v1/members?limit=1", headers={"Authorization": "bearer " + keys["NATIONAL"]})
    assert answer.status == 200


def test_w80_expired_token_like_unknown(make_key, owner, url, keys):
    client = make_key()
    assert client.get("/v1/members?limit=1").status == 200
    owner.execute(
        "update access.api_key set expires_at = now() - interval '1 second' where id = %s", (key_id(owner, client),)
    )
    expired, unknown = client.get("/v1/members?limit=1"), Client(url, wrong(client.key), "stranger").get(
        "/v1/members?limit=1"
    )
    assert_problem(expired, 401, "unauthenticated")
    assert 'error="invalid_token"' in expired.header("WWW-Authenticate")
    assert expired.header("WWW-Authenticate") == unknown.header("WWW-Authenticate")
    strip = lambda answer: {key: value for key, value in answer.json.items() if key != "request_id"}
    assert strip(expired) == strip(unknown)


def test_w80_missing_scope_names_it(partner, contract):
    answer = partner.post("/v1/members", data.member())
    problem = assert_problem(answer, 403, "forbidden")
    scope = contract.find("createMember").scope
    assert problem["scope"] == scope
    challenge = answer.header("WWW-Authenticate")
    assert 'error="insufficient_scope"' in challenge and f'scope="{scope}"' in challenge


def test_w80_dead_token_on_a_public_operation(url, keys):
    """A key that is sent is honoured, so a dead one is refused there too."""
    assert_problem(Client(url, wrong(keys["NATIONAL"]), "stranger").get("/v1/regions"), 401, "unauthenticated")


def test_w80_token_shows_itself(national, bretagne, keys):
    answer = bretagne.get("/v1/token")
    assert answer.status == 200 and answer.json["caller"] == "DELEGATION" and answer.json["region_codes"] == ["53"]
    assert keys["DELEGATION_BRETAGNE"] not in answer.text
    assert "no-store" in answer.header("Cache-Control")


def test_keys_are_shown_once_and_stored_hashed(make_key, owner, national):
    client = make_key()
    secret = client.key.rsplit("_", 1)[-1][:32]
    for row in owner.execute("select k::text from access.api_key k"):
        assert secret not in row[0]
    listed = national.get("/v1/api-keys")
    assert listed.status == 200 and secret not in listed.text and "digest" not in listed.text


def test_key_with_an_end(make_key, owner):
    client = make_key(extra=("--days", "30"))
    token = client.get("/v1/token")
    end = datetime.datetime.utcnow() + datetime.timedelta(days=30)
    assert token.status == 200 and token.json["expires_at"][:10] in (
        end.date().isoformat(),
        (end.date() + datetime.timedelta(days=1)).isoformat(),
    )


def test_key_of_a_wrong_kind():
    done = keys_of.command("create", "--kind", "EMPEROR", "--label", "x")
    assert done.returncode != 0 and len(done.stderr.strip().splitlines()) == 1 and "fed_" not in done.stdout


def test_mistyped_key_is_refused_without_the_database(national, url, keys, admin):
    """The check digits at the end tell a typing error from a stranger; the answer is the same."""
    one = Client(url, keys["NATIONAL"][:-8] + "zzzzzzzz", "typo").get("/v1/token")
    assert_problem(one, 401, "unauthenticated")


def test_last_use_is_noted(make_key, owner):
    """Uses are written from time to time and when the daemon ends; no request waits for that."""
    client = make_key()
    identity = key_id(owner, client)
    with Daemon() as daemon:
        daemon.start()
        assert daemon.client(client.key, "noted").get("/v1/token").status == 200
        assert daemon.stop() == 0
    assert owner.execute(
        "select now() - last_used_at < interval '1 minute' from access.key_use where key_id = %s", (identity,)
    ).fetchone() == (True,)


# --- 81 -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["access_token", "token", "api_key", "key", "apikey", "anything"])
def test_w81_token_in_the_query(anonymous, make_key, name):
    client = make_key()
    answer = anonymous.get(f"/v1/members?{name}={client.key}")
    problem = assert_problem(answer, 400)
    if name == "access_token":
        assert problem["code"] == "token-in-query"
    assert client.key not in answer.text and client.key[10:40] not in answer.text


def test_w81_also_next_to_a_good_header(national, keys):
    answer = national.get(f"/v1/members?access_token={keys['NATIONAL']}")
    assert_problem(answer, 400, "token-in-query")


# --- 84 -----------------------------------------------------------------------------------------------------------
def test_w84_revoked_token_fails_on_the_next_request(make_key, owner):
    client = make_key()
    for _ in range(20):  # warm every connection that could remember the key
        assert client.get("/v1/members?limit=1").status == 200
    owner.execute("update access.api_key set revoked_at = now() where id = %s", (key_id(owner, client),))
    for _ in range(5):
        assert_problem(client.get("/v1/members?limit=1"), 401, "unauthenticated")


def test_w84_revoked_by_the_command_line(make_key, owner):
    client = make_key("PARTNER")
    assert client.get("/v1/members?limit=1").status == 200
    done = keys_of.command("revoke", "--id", key_id(owner, client))
    assert done.returncode == 0, done.stderr
    assert_problem(client.get("/v1/members?limit=1"), 401, "unauthenticated")


def test_keys_are_listed_without_their_text(make_key):
    client = make_key()
    done = keys_of.command("list")
    assert done.returncode == 0 and done.stdout.strip(), done.stderr
    assert client.key.rsplit("_", 1)[-1] not in done.stdout


# --- 87 -----------------------------------------------------------------------------------------------------------
EXPOSED = {
    "etag",
    "link",
    "location",
    "total-count",
    "x-request-id",
    "retry-after",
    "idempotency-replayed",
    "preference-applied",
}


ORIGIN = "https://console.example"


@pytest.fixture(scope="module")
def origin():
    return ORIGIN


@pytest.fixture(scope="module")
def listed():
    """Anonymous caller of a daemon that lists two origins."""
    with Daemon({"allowed_origins": f"{ORIGIN} https://other.example:8443"}) as daemon:
        yield daemon.start().client()


def preflight(client, origin_, method="PATCH", headers="authorization,content-type,if-match"):
    return client.request(
        "OPTIONS",
        "/v1/members/0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f",
        headers={"Origin": origin_, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers},
    )


def test_w87_preflight_of_a_listed_origin(listed, origin):
    answer = preflight(listed, origin)
    assert answer.status == 204
    assert answer.header("Access-Control-Allow-Origin") == origin
    assert "PATCH" in answer.header("Access-Control-Allow-Methods")
    allowed = {name.strip().lower() for name in answer.header("Access-Control-Allow-Headers").split(",")}
    assert {"authorization", "content-type", "if-match", "idempotency-key"} <= allowed
    assert "Origin" in answer.header("Vary") and int(answer.header("Access-Control-Max-Age")) > 0


def test_w87_answers_expose_their_headers(listed, origin):
    for target in ("/v1/regions", "/v1/nothing"):
        answer = listed.get(target, headers={"Origin": origin})
        assert answer.header("Access-Control-Allow-Origin") == origin, answer
        exposed = {name.strip().lower() for name in answer.header("Access-Control-Expose-Headers").split(",")}
        assert EXPOSED <= exposed, EXPOSED - exposed
        assert "Origin" in answer.header("Vary")


@pytest.mark.parametrize("other", ["https://evil.example", "null", "https://", "{0}.evil.example", "{0}/", "x{0}"])
def test_w87_other_origins_get_nothing(listed, origin, other):
    value = other.format(origin)
    for answer in (preflight(listed, value), listed.get("/v1/regions", headers={"Origin": value})):
        cors = [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
        assert cors == [], answer


def test_w87_never_a_star(listed, anonymous):
    for client in (listed, anonymous):  # the common system lists no origin: same origin only
        for value in (None, ORIGIN, "https://evil.example"):
            answer = client.get("/v1/regions", headers={"Origin": value} if value else {})
            assert answer.header("Access-Control-Allow-Origin") in (None, ORIGIN)
    assert anonymous.get("/v1/regions", headers={"Origin": ORIGIN}).header("Access-Control-Allow-Origin") is None


def test_scopes_of_the_database_are_those_of_the_contract(owner, contract):
    """A domain that adds a scope to one side only would answer with a value that nobody knows."""
    known = {row[0] for row in owner.execute("select name from access.scope").fetchall()}
    assert known == set(contract.document["components"]["schemas"]["Scope"]["enum"])


def test_revoking_answers_what_it_did(national, owner):
    label = data.name("Révocation")
    keys_of.create("PARTNER", label)
    (key,) = [row for row in national.walk("/v1/api-keys?limit=500") if row["label"] == label]
    first = national.post(f"/v1/api-keys/{key['id']}/revoke")
    again = national.post(f"/v1/api-keys/{key['id']}/revoke")
    assert first.status == again.status == 200
    assert first.json["revoked_at"] and first.json["version"] == key["version"] + 1
    assert first.json == again.json
    owner.execute("delete from access.api_key where id = %s", (key["id"],))
