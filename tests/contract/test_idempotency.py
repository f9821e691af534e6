"""Idempotent POST: numbers 54 to 59 (57, with killed daemons: tests/fault)."""
import concurrent.futures
import uuid

import pytest
from support import data
from support.client import Client
from support.problems import assert_problem


def count(owner, siret):
    return owner.execute("select count(*) from network.member where siret = %s", (siret,)).fetchone()[0]


def fresh():
    return str(uuid.uuid4())


# --- 54 -----------------------------------------------------------------------------------------------------------
def test_w54_same_post_twice(national, scratch, owner):
    body, key = data.member(), fresh()
    first = national.post("/v1/members", body, key=key)
    assert first.status == 201 and first.header("Idempotency-Replayed") is None, first
    scratch.keep(first)
    second = national.post("/v1/members", body, key=key)
    assert second.header("Idempotency-Replayed") == "true", second
    assert (second.status, second.body) == (first.status, first.body)
    for name in ("Location", "ETag", "Content-Type"):
        assert second.header(name) == first.header(name), name
    assert first.header("Location").endswith("/v1/members/" + first.json["id"])
    assert count(owner, body["siret"]) == 1


def test_w54_replay_after_a_later_change(national, scratch):
    """The stored answer comes back, not today's state."""
    body, key = data.member(), fresh()
    first = national.post("/v1/members", body, key=key)
    scratch.keep(first)
    national.patch("/v1/members/" + first.json["id"], {"brand": "Changé"}, etag=first.etag)
    assert national.post("/v1/members", body, key=key).body == first.body


def test_w54_quoted_key_is_the_same_key(national, scratch, owner):
    body, key = data.member(), fresh()
    scratch.keep(national.post("/v1/members", body, key=key))
    assert national.post("/v1/members", body, key=f'"{key}"').header("Idempotency-Replayed") == "true"
    assert count(owner, body["siret"]) == 1


def test_w54_other_creations_replay_too(national, member):
    key, body = fresh(), {"starts_on": "2031-01-01", "ends_on": "2031-12-31"}
    first = national.post(f"/v1/members/{member['id']}/memberships", body, key=key)
    assert first.status == 201, first
    second = national.post(f"/v1/members/{member['id']}/memberships", body, key=key)
    assert (second.status, second.body) == (first.status, first.body) and second.header(
        "Idempotency-Replayed"
    ) == "true"


def test_w54_refusal_of_the_database_is_replayed(national, member):
    """409 is an outcome of the effect: the same key answers it again."""
    key, body = fresh(), data.member(siret=member["siret"], kind=member["kind"])
    first = assert_problem(national.post("/v1/members", body, key=key), 409, "duplicate-siret-kind")
    second = assert_problem(national.post("/v1/members", body, key=key), 409, "duplicate-siret-kind")
    assert first["code"] == second["code"]


# --- 55 -----------------------------------------------------------------------------------------------------------
def test_w55_twenty_parallel_posts(national, scratch, owner):
    body, key = data.member(), fresh()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: national.post("/v1/members", body, key=key), range(20)))
    created = [answer for answer in answers if answer.status == 201]
    waiting = [answer for answer in answers if answer.status == 409]
    assert len(created) + len(waiting) == 20, sorted({answer.status for answer in answers})
    assert len({answer.body for answer in created}) == 1
    assert sum(answer.header("Idempotency-Replayed") is None for answer in created) == 1
    for answer in waiting:
        assert_problem(answer, 409, "idempotency-in-progress")
        assert int(answer.header("Retry-After")) >= 1
    scratch.keep(created[0])
    assert count(owner, body["siret"]) == 1


# --- 56 -----------------------------------------------------------------------------------------------------------
def test_w56_other_body(national, scratch, owner):
    body, key = data.member(), fresh()
    scratch.keep(national.post("/v1/members", body, key=key))
    other = data.member()
    assert_problem(national.post("/v1/members", other, key=key), 422, "idempotency-key-reused")
    assert count(owner, other["siret"]) == 0


def test_w56_other_path_or_query(national, scratch, member):
    key = fresh()
    body = {"starts_on": "2032-01-01", "ends_on": "2032-12-31"}
    assert national.post(f"/v1/members/{member['id']}/memberships", body, key=key).status == 201
    other = scratch.create()
    assert_problem(
        national.post(f"/v1/members/{other['id']}/memberships", body, key=key), 422, "idempotency-key-reused"
    )


def test_w56_same_key_of_another_client(national, bretagne, scratch):
    key = fresh()
    one = national.post("/v1/members", data.member(), key=key)
    two = bretagne.post("/v1/members", data.member(), key=key)
    assert one.status == 201 and two.status == 201, two
    assert scratch.keep(one)["id"] != scratch.keep(two)["id"]
    assert two.header("Idempotency-Replayed") is None


def test_w56_after_72_hours_the_key_is_free(national, scratch, owner):
    key = fresh()
    scratch.keep(national.post("/v1/members", data.member(), key=key))
    owner.execute(
        "update engine.idempotency set created_at = now() - interval '71 hours' where idempotency_key = %s", (key,)
    )
    assert_problem(national.post("/v1/members", data.member(), key=key), 422, "idempotency-key-reused")
    owner.execute(
        "update engine.idempotency set created_at = now() - interval '73 hours' where idempotency_key = %s", (key,)
    )
    answer = national.post("/v1/members", data.member(), key=key)
    assert answer.status == 201 and answer.header("Idempotency-Replayed") is None, answer
    scratch.keep(answer)


# --- 58 -----------------------------------------------------------------------------------------------------------
def test_w58_after_400_the_key_is_free(national, scratch):
    body, key = data.member(), fresh()
    assert_problem(national.post("/v1/members", body='{"name":', content_type="application/json", key=key), 400)
    answer = national.post("/v1/members", body, key=key)
    assert answer.status == 201 and answer.header("Idempotency-Replayed") is None, answer
    scratch.keep(answer)


def test_w58_after_415_and_406_the_key_is_free(national, scratch):
    body, key = data.member(), fresh()
    assert_problem(national.post("/v1/members", body="x", content_type="text/plain", key=key), 415)
    assert_problem(national.post("/v1/members", body, headers={"Accept": "image/png"}, key=key), 406)
    answer = national.post("/v1/members", body, key=key)
    assert answer.status == 201, answer
    scratch.keep(answer)


def test_w58_after_422_another_body_is_refused(national, owner):
    key, good = fresh(), data.member()
    assert_problem(national.post("/v1/members", data.member(kind="XX"), key=key), 422, "validation-failed")
    assert_problem(national.post("/v1/members", good, key=key), 422, "idempotency-key-reused")
    assert count(owner, good["siret"]) == 0


def test_w58_after_422_the_same_body_gives_the_same_answer(national):
    key, body = fresh(), data.member(kind="XX")
    first = national.post("/v1/members", body, key=key)
    second = national.post("/v1/members", body, key=key)
    assert_problem(second, 422, "validation-failed")
    assert second.json["errors"] == first.json["errors"]


# --- 59 -----------------------------------------------------------------------------------------------------------
def test_w59_key_required(national, contract):
    for operation in contract.operations:
        if operation.needs_idempotency_key and not operation.captures:
            answer = national.post(
                operation.path, {} if "application/json" in operation.request_types else None, key=None
            )
            assert_problem(answer, 400, "idempotency-key-required")


def test_w59_without_key_nothing_is_written(national, owner):
    body = data.member()
    assert_problem(national.post("/v1/members", body, key=None), 400, "idempotency-key-required")
    assert count(owner, body["siret"]) == 0


def test_w59_computations_need_none(anonymous):
    assert anonymous.post("/v1/identifier-checks", {"kind": "SIREN", "value": "732829320"}, key=None).status == 200


@pytest.mark.parametrize(
    "key",
    [
        "short",
        "a" * 129,
        "a" * 255,
        "with space in it",
        "é" * 8,
        "semi;colon;key",
        "",
        '"',
        '""',
        '"unfinished-key',
        "a,b,c,d,e,f,g",
    ],
)
def test_w59_bad_keys(national, owner, key):
    body = data.member()
    answer = national.post(
        "/v1/members", body, headers={"Idempotency-Key": key.encode("utf-8").decode("latin-1")}, key=None
    )
    assert_problem(answer, 400, ("invalid-idempotency-key", "idempotency-key-required"))
    assert count(owner, body["siret"]) == 0


@pytest.mark.parametrize("length", [8, 128])
def test_w59_key_lengths(national, scratch, length):
    key = (uuid.uuid4().hex * 8)[:length]
    answer = national.post("/v1/members", data.member(), key=key)
    assert answer.status == 201, answer
    scratch.keep(answer)


def test_w56_revoked_clients_key_stays_with_it(url, keys, national):
    """An unknown key never reaches the stored answers."""
    stranger = Client(url, keys["NATIONAL"][:-1] + ("A" if keys["NATIONAL"][-1] != "A" else "B"), "stranger")
    assert_problem(stranger.post("/v1/members", data.member(), key=fresh()), 401, "unauthenticated")
