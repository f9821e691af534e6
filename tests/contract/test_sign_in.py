"""Signing in with e-mail and password or with a key: the cookie, what it may do, guessing, ending."""
import concurrent.futures
import os
import pathlib
import subprocess
import uuid

import pytest
from support import data
from support import keys as keys_of
from support.client import Client, client_for, environment
from support.problems import assert_problem
from support.system import binary, read_config, run_directory

COOKIE = "__Host-maillage"


def account(*arguments, password=None):
    """`maillage account …` with the owner's rights."""
    return subprocess.run(
        [binary(), "account", *arguments, "-c", str(run_directory() / "maillage.conf")]
        + ["--database", environment("MAILLAGE_DATABASE")]
        + (["--password-stdin"] if password is not None else []),
        capture_output=True,
        input=None if password is None else password + "\n",
        text=True,
        timeout=60,
        env={key: value for key, value in os.environ.items() if not key.startswith("MAILLAGE_")},
    )


class Person:
    def __init__(self, kind, *options):
        self.email = f"essai.{uuid.uuid4().hex[:12]}@exemple.invalid"
        self.label = data.name("Compte")
        done = account("create", "--email", self.email, "--kind", kind, "--label", self.label, *options)
        assert done.returncode == 0, done.stderr
        self.password = done.stdout.strip()

    def body(self, **fields):
        return {"email": self.email, "password": self.password, **fields}


@pytest.fixture(scope="module")
def person(bretagne):
    return Person("DELEGATION", "--delegation", bretagne.get("/v1/token").json["delegation_id"])


@pytest.fixture(scope="module", autouse=True)
def cleaned(owner):
    yield
    owner.execute("delete from access.account where label ~ ' [0-9a-f]{12}$'")
    owner.execute("delete from access.sign_in_attempt")


@pytest.fixture(autouse=True)
def no_attempts(owner):
    owner.execute("delete from access.sign_in_attempt")


def from_address(address):
    """A caller at another network address: what the edge says of it, at the daemon's own door."""
    client = client_for(read_config()["listen"], None, f"from {address}")
    send = client.request
    client.request = lambda method, target, headers=None, **options: send(
        method, target, headers={"X-Real-IP": address, **(headers or {})}, **options
    )
    return client


def sign_in(client, body, **options):
    return client.request("POST", "/v1/sessions", json=body, **options)


def token_of(answer):
    assert answer.status == 200, answer
    cookie = answer.header("Set-Cookie")
    name, _, rest = cookie.partition("=")
    assert name == COOKIE
    return rest.split(";")[0]


class Browser:
    """Sends the cookie, and what a page of the service sends with a write."""

    def __init__(self, url, token):
        self.client, self.token, self.origin = Client(url, None, "session"), token, url

    def get(self, target, **headers):
        return self.client.get(target, headers={"Cookie": f"{COOKIE}={self.token}", **headers})

    def send(self, method, target, json=None, **headers):
        own = {"Cookie": f"{COOKIE}={self.token}", "Origin": self.origin, "X-Requested-With": "maillage"}
        return self.client.request(method, target, json=json, headers={**own, **headers})


@pytest.fixture
def browser(url, anonymous, person):
    return Browser(url, token_of(sign_in(anonymous, person.body())))


# --- the cookie ---------------------------------------------------------------------------------------------------
def test_a_person_signs_in(anonymous, person):
    answer = sign_in(anonymous, person.body())
    parts = {part.strip() for part in answer.header("Set-Cookie").split(";")[1:]}
    assert parts == {"Path=/", "Max-Age=43200", "Secure", "HttpOnly", "SameSite=Strict"}
    assert answer.header("Cache-Control") == "no-store"
    assert answer.json["caller"] == "DELEGATION" and answer.json["label"] == person.label
    assert token_of(answer) not in answer.text


def test_who_is_signed_in(browser, bretagne, person):
    token, key = browser.get("/v1/token").json, bretagne.get("/v1/token").json
    for name in ("caller", "delegation_id", "delegation_name", "region_codes", "scopes"):
        assert token[name] == key[name], name
    assert token["label"] == person.label and token["expires_at"] is None and token["session_expires_at"]
    assert key["session_expires_at"] is None
    assert person.email not in str(token)


def test_the_territory_is_that_of_the_account(browser, bretagne):
    target = "/v1/members?limit=5&sort=name&fields=id"
    assert browser.get(target).json["data"] == bretagne.get(target).json["data"]
    assert browser.get("/v1/api-keys").status == 403


def test_the_address_is_written_as_one_likes(anonymous, person):
    assert sign_in(anonymous, person.body(email=f" {person.email.upper()} ")).status == 200
    assert sign_in(anonymous, person.body(email=person.email.upper())).status == 200


def test_a_key_signs_in(url, anonymous, keys):
    browser = Browser(url, token_of(sign_in(anonymous, {"key": keys["PARTNER"]})))
    token = browser.get("/v1/token").json
    assert token["caller"] == "PARTNER" and token["session_expires_at"]
    assert token["key_id"] == Client(url, keys["PARTNER"]).get("/v1/token").json["key_id"]


def test_a_revoked_key_ends_its_sessions(url, anonymous, national):
    label = data.name("Session")
    key = keys_of.create("PARTNER", label)
    browser = Browser(url, token_of(sign_in(anonymous, {"key": key})))
    assert browser.get("/v1/token").status == 200
    (row,) = [row for row in national.walk("/v1/api-keys?limit=500") if row["label"] == label]
    assert national.post(f"/v1/api-keys/{row['id']}/revoke").status == 200
    assert_problem(browser.get("/v1/token"), 401, "unauthenticated")


def test_only_the_digest_is_kept(owner, browser, person):
    (stored,) = owner.execute("select count(*) from access.session where digest = %s", (browser.token,)).fetchone()
    assert stored == 0
    for table in ("access.account", "access.session", "access.sign_in_attempt", "engine.idempotency"):
        for secret in (browser.token, person.password, person.email):
            found = owner.execute(f"select count(*) from {table} x where x::text like %s", (f"%{secret}%",)).fetchone()
            assert found == (0,), table
    for log in [*run_directory().glob("log/*.log"), *pathlib.Path(run_directory()).glob("edge/*.log")]:
        text = log.read_bytes()
        for secret in (browser.token, person.password, person.email):
            assert secret.encode() not in text, log


# --- what a cookie may not do -------------------------------------------------------------------------------------
CHECK = {"kind": "SIREN", "value": "732829320"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None},
        {"X-Requested-With": None},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://localhost:1"},
        {"Origin": "http://127.0.0.1.evil.example"},
    ],
    ids=str,
)
def test_a_foreign_page_writes_nothing(browser, headers):
    assert_problem(browser.send("POST", "/v1/identifier-checks", CHECK, **headers), 403, "cross-site-request")
    assert_problem(browser.send("DELETE", "/v1/sessions", **headers), 403, "cross-site-request")
    assert browser.get("/v1/token").status == 200, "still signed in"


def test_our_own_page_writes(browser, url):
    assert browser.send("POST", "/v1/identifier-checks", CHECK).status == 200
    localhost = url.replace("127.0.0.1", "localhost")
    assert browser.send("POST", "/v1/identifier-checks", CHECK, Origin=localhost).status == 200
    member = browser.get("/v1/members?limit=1").json["data"][0]
    target = f"/v1/members/{member['id']}"
    tag = browser.get(target).etag
    same = browser.send("PATCH", target, {"brand": member["brand"]}, **{"If-Match": tag})
    assert same.status == 200 and same.etag


def test_a_foreign_page_signs_nobody_in(anonymous, person):
    answer = sign_in(anonymous, person.body(), headers={"Origin": "https://evil.example"})
    assert_problem(answer, 403, "cross-site-request")
    assert answer.header("Set-Cookie") is None


def test_the_key_in_the_header_counts(browser, keys):
    """Both sent: the header's key is the caller, and needs no header against foreign pages."""
    answer = browser.get("/v1/token", Authorization=f"Bearer {keys['PARTNER']}")
    assert answer.json["caller"] == "PARTNER"


@pytest.mark.parametrize(
    "cookie",
    [
        f"{COOKIE}=" + "A" * 43,
        f"{COOKIE}={{token}}x",
        f"{COOKIE}={{token}}; {COOKIE}={{token}}",
        f"{COOKIE}=",
        "maillage={token}",
        f"{COOKIE.lower()}={{token}}",
        f'{COOKIE}="{{token}}"',
    ],
)
def test_cookies_that_are_none(browser, cookie):
    answer = browser.get("/v1/token", Cookie=cookie.replace("{token}", browser.token))
    assert_problem(answer, 401, "unauthenticated")


def test_a_cookie_among_others(browser):
    answer = browser.get("/v1/token", Cookie=f"a=b; {COOKIE}={browser.token}; c")
    assert answer.status == 200


def test_the_token_is_no_key_and_the_key_no_token(browser, anonymous, keys):
    answer = anonymous.get("/v1/token", headers={"Authorization": f"Bearer {browser.token}"})
    assert_problem(answer, 401, "unauthenticated")
    answer = anonymous.get("/v1/token", headers={"Cookie": f"{COOKIE}={keys['NATIONAL']}"})
    assert_problem(answer, 401, "unauthenticated")


# --- guessing -----------------------------------------------------------------------------------------------------
def test_nothing_tells_an_unknown_address_from_a_wrong_password(anonymous, person):
    wrong = sign_in(anonymous, person.body(password="x" * 24))
    unknown = sign_in(anonymous, person.body(email="personne@exemple.invalid"))
    for answer in (wrong, unknown):
        assert_problem(answer, 401, "sign-in-failed")
        assert answer.header("Set-Cookie") is None
    assert {**wrong.json, "request_id": 0} == {**unknown.json, "request_id": 0}


def test_five_failures_make_this_address_wait_and_nobody_else(anonymous, person):
    stranger, owner_of_it = from_address("203.0.113.7"), from_address("203.0.113.8")
    for _ in range(5):
        assert_problem(sign_in(stranger, person.body(password="wrong-password-1")), 401, "sign-in-failed")
    for password in ("wrong-password-1", person.password):
        answer = sign_in(stranger, person.body(password=password))
        assert_problem(answer, 429, "sign-in-throttled")
        assert 1 <= int(answer.header("Retry-After")) <= 900
    assert sign_in(owner_of_it, person.body()).status == 200


def test_many_guesses_at_once_are_counted(person, owner):
    stranger = from_address("203.0.113.9")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: sign_in(stranger, person.body(password="wrong-password-2")), range(40)))
    seen = [answer.status for answer in answers]
    assert seen.count(401) == 5 and seen.count(429) == 35, seen


def test_strangers_everywhere_do_not_lock_the_account(person, owner):
    """Fifty failures from many addresses hold new addresses back, not the one where the person works."""
    home = from_address("203.0.113.20")
    assert sign_in(home, person.body()).status == 200
    owner.execute(
        "insert into access.sign_in_attempt (login_hash, address_hash)"
        " select a.email_hash, sha256(convert_to('address ' || i, 'UTF8')) from access.account a, generate_series(1, 50) i"
        " where a.label = %s",
        (person.label,),
    )
    assert_problem(sign_in(from_address("203.0.113.21"), person.body()), 429, "sign-in-throttled")
    assert sign_in(home, person.body()).status == 200


def test_one_address_tries_many_accounts(anonymous):
    stranger = from_address("2001:db8:1:2::1")
    for i in range(30):
        answer = sign_in(stranger, {"email": f"nobody{i}@exemple.invalid", "password": "wrong-password-3"})
        assert answer.status == 401
    answer = sign_in(from_address("2001:db8:1:2:ffff::9"), {"email": "x@exemple.invalid", "password": "wrong-password-3"})
    assert_problem(answer, 429, "sign-in-throttled")
    assert sign_in(from_address("2001:db8:1:3::1"), {"email": "x@exemple.invalid", "password": "y" * 12}).status == 401


def test_a_success_does_not_forgive_the_failures(person):
    stranger = from_address("203.0.113.30")
    for _ in range(4):
        sign_in(stranger, person.body(password="wrong-password-4"))
    assert sign_in(stranger, person.body()).status == 200
    assert sign_in(stranger, person.body(password="wrong-password-4")).status == 401
    assert sign_in(stranger, person.body()).status == 429


def test_unknown_keys_count_too(anonymous, keys):
    stranger = from_address("203.0.113.40")
    wrong = keys["PARTNER"][:-1] + ("0" if keys["PARTNER"][-1] != "0" else "1")
    for _ in range(30):
        assert_problem(sign_in(stranger, {"key": wrong}), 401, "sign-in-failed")
    assert_problem(sign_in(stranger, {"key": wrong}), 429, "sign-in-throttled")


@pytest.mark.parametrize(
    "body, status",
    [
        ({}, 422),
        ({"email": "a@b.example"}, 422),
        ({"password": "x" * 20}, 422),
        ({"email": "a@b.example", "password": "x", "key": "y"}, 422),
        ({"email": "a@b.example", "password": ""}, 422),
        ({"email": "a@b.example", "password": "x" * 201}, 422),
        ({"email": "a" * 255, "password": "x"}, 422),
        ({"email": ["a@b.example"], "password": "x"}, 422),
        ({"email": "a@b.example", "password": None}, 422),
        ({"email": "a\u0000@b.example", "password": "x"}, 400),
        ({"email": "' or 1=1 --", "password": "' or 1=1 --"}, 401),
        ({"email": "no address at all", "password": "\U0001f4a5" * 20}, 401),
        ({"key": "fed_demo_x"}, 401),
        ({"key": "\u202e"}, (401, 422)),
        ([], 422),
        ("x", 422),
    ],
    ids=str,
)
def test_hostile_bodies(anonymous, body, status):
    answer = sign_in(anonymous, body)
    assert answer.status in (status if isinstance(status, tuple) else (status,)), answer
    assert answer.header("Set-Cookie") is None
    for secret in ("x" * 20, "x" * 201):
        assert secret not in answer.text, "what was typed is not repeated"


# --- ending -------------------------------------------------------------------------------------------------------
def test_signing_out(url, anonymous, person, browser):
    other = Browser(url, token_of(sign_in(anonymous, person.body())))
    answer = browser.send("DELETE", "/v1/sessions/current")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.header("Set-Cookie").startswith(f"{COOKIE}=; Path=/; Max-Age=0; Secure")
    refused = browser.get("/v1/token")
    assert_problem(refused, 401, "unauthenticated")
    assert "Max-Age=0" in refused.header("Set-Cookie"), "the browser forgets a session that has ended"
    assert other.get("/v1/token").status == 200, "another device stays"


def test_signing_out_everywhere(url, anonymous, person, browser):
    other = Browser(url, token_of(sign_in(anonymous, person.body())))
    assert browser.send("DELETE", "/v1/sessions").status == 204
    for one in (browser, other):
        assert one.get("/v1/token").status == 401


def test_a_new_password_ends_the_sessions(url, anonymous):
    person = Person("NATIONAL")
    browser = Browser(url, token_of(sign_in(anonymous, person.body())))
    done = account("reset", "--email", person.email, password="un mot de passe à soi")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert browser.get("/v1/token").status == 401
    assert sign_in(anonymous, person.body()).status == 401
    assert sign_in(anonymous, person.body(password="un mot de passe à soi")).status == 200


def test_a_disabled_account(url, anonymous):
    person = Person("PARTNER")
    browser = Browser(url, token_of(sign_in(anonymous, person.body())))
    assert account("disable", "--email", person.email).returncode == 0
    assert browser.get("/v1/token").status == 401
    assert_problem(sign_in(anonymous, person.body()), 401, "sign-in-failed")


def test_a_session_ends_by_itself(owner, browser):
    owner.execute(
        "update access.session set created_at = now() - interval '13 hours', expires_at = now() - interval '2 hours'"
        " where digest = encode(sha256(convert_to(%s, 'UTF8')), 'hex')",
        (browser.token,),
    )
    assert browser.get("/v1/token").status == 401


def test_twenty_sessions_at_most(owner, url, person):
    person_id = owner.execute("select id from access.account where label = %s", (person.label,)).fetchone()[0]
    first = Browser(url, token_of(sign_in(from_address("203.0.113.50"), person.body())))
    for i in range(20):
        assert sign_in(from_address("203.0.113.50"), person.body()).status == 200
    assert first.get("/v1/token").status == 401
    assert owner.execute("select count(*) from access.session where account_id = %s", (person_id,)).fetchone() == (20,)


# --- the command --------------------------------------------------------------------------------------------------
def test_the_command(owner):
    person = Person("NATIONAL")
    assert len(person.password) == 24
    again = account("create", "--email", person.email.upper(), "--kind", "NATIONAL", "--label", person.label)
    assert again.returncode == 1 and "account_email_key" in again.stderr
    listed = account("list")
    assert person.email in listed.stdout and person.password not in listed.stdout
    hashed = owner.execute("select password_hash from access.account where label = %s", (person.label,)).fetchone()[0]
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    "arguments, password, code",
    [
        (("create", "--email", "no address", "--kind", "NATIONAL", "--label", "x"), None, 1),
        (("create", "--email", "a@exemple.invalid", "--kind", "OTHER", "--label", "x"), None, 1),
        (("create", "--email", "a@exemple.invalid", "--kind", "STRUCTURE", "--label", "x"), None, 1),
        (("create", "--email", "a@exemple.invalid", "--kind", "NATIONAL", "--label", "x"), "short", 1),
        (("create", "--email", "a@exemple.invalid", "--kind", "NATIONAL", "--label", "x"), "x" * 201, 1),
        (("create", "--kind", "NATIONAL", "--label", "x"), None, 2),
        (("reset", "--email", "nobody@exemple.invalid"), None, 1),
        (("disable", "--email", "nobody@exemple.invalid"), None, 1),
        (("other",), None, 2),
    ],
    ids=str,
)
def test_wrong_use_of_the_command(owner, arguments, password, code):
    before = owner.execute("select count(*) from access.account").fetchone()
    done = account(*arguments, password=password)
    assert done.returncode == code and done.stderr and not done.stdout
    assert owner.execute("select count(*) from access.account").fetchone() == before


@pytest.mark.parametrize("role", ["NATIONAL", "DELEGATION", "STRUCTURE", "PARTNER"])
def test_demonstration_accounts(anonymous, role):
    body = {"email": environment(f"MAILLAGE_ACCOUNT_{role}"), "password": environment(f"MAILLAGE_PASSWORD_{role}")}
    assert sign_in(anonymous, body).json["caller"] == role
