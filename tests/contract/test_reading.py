"""Lists: numbers 21 to 31."""
import base64
import json
import statistics
import threading
import time

import pytest
from support import data
from support.problems import assert_problem, fault_codes
from support.samples import Samples


@pytest.fixture(scope="module")
def crowd(scratch, national):
    """A name prefix shared by some members that have equal sort values (no joined_on) and distinct names."""
    prefix = data.name("Foule").replace(" ", "")
    for number in range(23):
        scratch.create(name=f"{prefix} {number:02d}")
    return prefix


def ids(rows):
    return [row["id"] for row in rows]


# --- 21, 25 -------------------------------------------------------------------------------------------------------
def test_w21_long_walk_while_others_write(anonymous, owner):
    """The 35 000 communes, the largest list there is, while another client puts in rows before and behind the reader and
    takes them away again."""
    export = anonymous.get("/v1/communes?fields=code", accept="application/x-ndjson", record=False)
    wanted = {json.loads(line)["code"] for line in export.body.splitlines()}
    assert len(wanted) > 10_000
    taken = {row[0] for row in owner.execute("select code from reference.commune").fetchall()}
    free = sorted({f"976{number:02d}" for number in range(100)} - taken)
    stop, failed = threading.Event(), []

    def disturb(number=0):
        try:
            while not stop.is_set():
                number += 1
                code = free[number % len(free)]
                name = chr(65 + number * 7 % 26) + "essai de passage"
                owner.execute("insert into reference.commune (code, name, department_code, region_code) values (%s, %s, '976', '06') "
                              "on conflict (code) do update set name = excluded.name", (code, name))
                if number % 3 == 0:
                    owner.execute("delete from reference.commune where name like '%%essai de passage'")
                time.sleep(0.005)
        except Exception as error:
            failed.append(error)

    other = threading.Thread(target=disturb)
    other.start()
    try:
        seen = [row["code"] for row in anonymous.walk("/v1/communes?limit=200&sort=name&fields=code")]
    finally:
        stop.set()
        other.join()
        owner.execute("delete from reference.commune where name like '%%essai de passage'")
    assert failed == []
    known = [code for code in seen if code in wanted]
    assert len(known) == len(set(known)), "a row came twice"
    assert set(known) == wanted, "an untouched row was lost"


@pytest.mark.parametrize("sort", ["name", "-name", "joined_on", "-joined_on", "updated_at", "-updated_at", "-joined_on,name"])
def test_w25_equal_sort_values(national, crowd, sort):
    whole = ids(national.get(f"/v1/members?q={crowd}&limit=500&sort={sort}").json["data"])
    walked = ids(national.walk(f"/v1/members?q={crowd}&limit=4&sort={sort}"))
    assert len(whole) == 23 and walked == whole


@pytest.mark.parametrize("sort", ["joined_on", "-joined_on"])
def test_w25_nulls_come_last(national, crowd, scratch, sort):
    dated = scratch.create(name=f"{crowd} datée")
    scratch.join(dated, "2027-01-01")
    try:
        rows = list(national.walk(f"/v1/members?q={crowd}&limit=5&sort={sort}&as_of=2027-06-01"))
        assert len(rows) == 24 and rows[0]["id"] == dated["id"]
    finally:
        national.patch(f"/v1/members/{dated['id']}", {"name": data.name()}, etag=scratch.read(dated).etag)


def test_w25_communes_walk_in_order(anonymous):
    names = [row["name"] for row in anonymous.walk("/v1/communes?limit=100&department=35&sort=name")]
    codes = {row["code"] for row in anonymous.walk("/v1/communes?limit=100&department=35")}
    assert len(names) == len(codes) > 300


def test_w21_backwards_link_returns_the_page_before(national, crowd):
    first = national.get(f"/v1/members?q={crowd}&limit=5&sort=name")
    second = national.get(first.link("next"))
    assert first.link("prev") is None and first.json["page"]["prev"] is None
    back = national.get(second.link("prev"))
    assert ids(back.json["data"]) == ids(first.json["data"])
    assert ids(national.get(second.link("first")).json["data"]) == ids(first.json["data"])
    assert second.json["page"]["next"] == second.link("next")


# --- 22, 23 -------------------------------------------------------------------------------------------------------
def test_w22_last_page(national, crowd):
    target = f"/v1/members?q={crowd}&limit=10&sort=name"
    while target is not None:
        last = national.get(target)
        target = last.link("next")
    page = last.json["page"]
    assert page["has_more"] is False and page["next"] is None and "next" in page
    assert len(last.json["data"]) == 3


def test_w23_exactly_limit_rows_left(national, crowd):
    whole = national.get(f"/v1/members?q={crowd}&limit=23").json
    assert len(whole["data"]) == 23 and whole["page"]["has_more"] is False and whole["page"]["limit"] == 23
    part = national.get(f"/v1/members?q={crowd}&limit=22").json
    assert len(part["data"]) == 22 and part["page"]["has_more"] is True


@pytest.mark.parametrize("limit", ["0", "501", "-1", "99999999999999999999"])
def test_w23_limit_out_of_range(national, limit):
    assert_problem(national.get(f"/v1/members?limit={limit}"), 400, "limit-out-of-range")


@pytest.mark.parametrize("limit", ["x", "", "1%00", "1.0", "%2B1", "1e2", "0x10", " 1"])
def test_w23_limit_that_is_no_number(national, limit):
    assert_problem(national.get(f"/v1/members?limit={limit.replace(' ', '%20')}"), 400,
                   ("invalid-parameter", "limit-out-of-range", "bad-request-target"))


def test_w23_bounds_are_accepted(anonymous):
    assert len(anonymous.get("/v1/communes?limit=1").json["data"]) == 1
    assert len(anonymous.get("/v1/communes?limit=500").json["data"]) == 500
    default = anonymous.get("/v1/communes").json
    assert len(default["data"]) == 50 and default["page"]["limit"] == 50


# --- 24 -----------------------------------------------------------------------------------------------------------
def _cursor(answer):
    link = answer.link("next")
    return next(part.partition("=")[2] for part in link.partition("?")[2].split("&") if part.startswith("cursor="))


def test_w24_changed_cursor(national, crowd):
    cursor = _cursor(national.get(f"/v1/members?q={crowd}&limit=5&sort=name"))
    good = f"/v1/members?q={crowd}&limit=5&sort=name&cursor="
    assert national.get(good + cursor).status == 200
    for at in sorted({0, 1, len(cursor) // 3, len(cursor) // 2, len(cursor) - 2}):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1:]
        assert_problem(national.get(good + changed), 400, "cursor-invalid")
    for other in ("", "x", "=", cursor + "A", cursor[:-4], "%00", "a" * 3000,
                  base64.urlsafe_b64encode(b'{"id":1}').decode()):
        assert_problem(national.get(good + other), 400, ("cursor-invalid", "invalid-parameter", "bad-request-target"))


def test_w24_cursor_of_another_question(national, bretagne, crowd, any_uuid):
    cursor = _cursor(national.get(f"/v1/members?q={crowd}&limit=5&sort=name"))
    for target in (f"/v1/members?q={crowd}&limit=5&sort=-name", f"/v1/members?q={crowd}&limit=5&sort=name&kind=AI",
                   "/v1/members?limit=5&sort=name", f"/v1/members?q={crowd}x&limit=5&sort=name",
                   f"/v1/members?q={crowd}&limit=5", "/v1/communes?limit=5&sort=name"):
        assert_problem(national.get(target + "&cursor=" + cursor), 400, "cursor-invalid")


def test_w24_cursor_of_another_caller(national, bretagne, crowd):
    cursor = _cursor(national.get(f"/v1/members?q={crowd}&limit=5&sort=name"))
    assert_problem(bretagne.get(f"/v1/members?q={crowd}&limit=5&sort=name&cursor={cursor}"), 400, "cursor-invalid")


def test_w24_page_size_may_change_on_the_way(national, crowd):
    """The limit is no part of the question."""
    first = national.get(f"/v1/members?q={crowd}&limit=5&sort=name")
    rest = national.get(f"/v1/members?q={crowd}&limit=100&sort=name&cursor=" + _cursor(first))
    assert rest.status == 200 and len(rest.json["data"]) == 18


# --- 26 -----------------------------------------------------------------------------------------------------------
def test_w26_page_200_costs_what_page_1_costs(anonymous):
    first = "/v1/communes?limit=100"
    late, count = first, 1
    while count < 200:
        late = anonymous.get(late, record=False).link("next")
        count += 1

    def seconds(target):
        times = []
        for _ in range(15):
            start = time.perf_counter()
            assert anonymous.get(target, record=False).status == 200
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    for _ in range(3):  # a busy machine may spoil one round, a wrong plan spoils all three
        one, many = seconds(first), seconds(late)
        if many <= 1.5 * one + 0.001:
            return
    pytest.fail(f"page 1 {one * 1000:.1f} ms, page 200 {many * 1000:.1f} ms")


# --- 27 -----------------------------------------------------------------------------------------------------------
def test_w27_exact_count(national, crowd):
    walked = len(list(national.walk(f"/v1/members?q={crowd}&limit=7")))
    counted = national.get(f"/v1/members?q={crowd}&limit=7", headers={"Prefer": "count=exact"})
    assert counted.header("Total-Count") == str(walked) and counted.json["page"]["total"] == walked
    assert "count=exact" in counted.header("Preference-Applied")
    assert "Prefer" in counted.header("Vary")
    plain = national.get(f"/v1/members?q={crowd}&limit=7")
    assert plain.header("Total-Count") is None and "total" not in plain.json["page"]
    assert plain.header("Preference-Applied") is None


def test_w27_count_of_every_list(national, scratch, contract):
    samples = Samples(national, contract)
    for operation in contract.lists():
        target = samples.target(operation)
        counted = samples.caller(operation).get(target, headers={"Prefer": "count=exact"})
        assert counted.status == 200, counted
        total = counted.json["page"]["total"]
        assert counted.header("Total-Count") == str(total)
        if not counted.json["page"]["has_more"]:
            assert total == len(counted.json["data"]), target


# --- 28, 29 -------------------------------------------------------------------------------------------------------
def test_w28_fields(national, crowd):
    rows = national.get(f"/v1/members?q={crowd}&fields=id").json["data"]
    assert rows and all(set(row) == {"id"} for row in rows)
    rows = national.get(f"/v1/members?q={crowd}&fields=name,kind&limit=3&sort=-updated_at").json["data"]
    assert all(list(row) == ["name", "kind"] for row in rows)
    walked = list(national.walk(f"/v1/members?q={crowd}&fields=name&limit=4&sort=name"))
    assert len(walked) == 23 and all(set(row) == {"name"} for row in walked)


@pytest.mark.parametrize("fields", ["nothing", "id,nothing", "id,id", "", "id;name", "version,*"])
def test_w28_undeclared_field(national, fields):
    assert_problem(national.get(f"/v1/members?fields={fields}"), 400)


def _allowed(problem):
    return " ".join(str(fault.get("allowed", "")) + str(fault.get("detail", "")) for fault in problem["errors"])


def test_w29_undeclared_filter_operator_and_sort(national):
    problem = assert_problem(national.get("/v1/members?colour=red"), 400)
    assert "kind" in _allowed(problem) and "joined_on[gte]" in _allowed(problem), problem
    problem = assert_problem(national.get("/v1/members?joined_on[near]=2020-01-01"), 400)
    assert "joined_on[gte]" in _allowed(problem), problem
    problem = assert_problem(national.get("/v1/members?sort=latitude"), 400)
    assert "updated_at" in _allowed(problem), problem


@pytest.mark.parametrize("sort", ["", "name,", "name,name", "name,-name", "--name", "name desc", "%2Bname", "name,joined_on,updated_at,-name",
                                  "name;drop", "1", "id%00"])
def test_w29_bad_sorts(national, sort):
    assert_problem(national.get(f"/v1/members?sort={sort.replace(' ', '%20')}"), 400)


@pytest.mark.parametrize("query", ["kind=XX", "kind=AI,XX", "kind=ai", "joined_on[gte]=2024-02-30", "joined_on[gte]=infinity",
                                   "joined_on[gte]=now", "joined_on[gte]=10000-01-01", "as_of=2024-1-1", "as_of=2024-01-01T00:00:00Z",
                                   "updated_at[gte]=2024-01-01", "delegation=x", "siret=1", "kind=", "as_of=epoch",
                                   "updated_at[gte]=2024-01-01T24:00:00Z"])
def test_w29_values_of_the_wrong_kind(national, query):
    problem = assert_problem(national.get(f"/v1/members?{query}"), 400)
    assert fault_codes(problem), problem


def test_w29_filters_filter(national, crowd, scratch):
    one = scratch.create(name=f"{crowd} autre", kind="EI", place=data.LYON)
    rows = national.get(f"/v1/members?q={crowd}&kind=EI,ETTI").json["data"]
    assert ids(rows) == [one["id"]]
    assert ids(national.get(f"/v1/members?q={crowd}&region=84").json["data"]) == [one["id"]]
    assert ids(national.get(f"/v1/members?siret={one['siret']}").json["data"]) == [one["id"]]
    national.patch(f"/v1/members/{one['id']}", {"name": data.name()}, etag=scratch.read(one).etag)


# --- 30, 31 -------------------------------------------------------------------------------------------------------
@pytest.fixture
def old_member(scratch):
    """A member of Bretagne with twelve periods, one a year and far from every printed one, the last without an end."""
    made = scratch.create()
    for year in range(2040, 2051):
        scratch.join(made, f"{year}-02-01", f"{year}-11-30")
    scratch.join(made, "2051-02-01")
    return made


def test_w30_depth_and_other_names(national, member):
    """One level, the names that the contract lists, each once: anything else is refused and told, and never ignored."""
    for include in ("memberships.delegation.members", "memberships.delegation", "delegation.members.delegation", "nothing", "joined_on", "",
                    "delegation,", "delegation,delegation", "Delegation", "delegation,nothing"):
        for path in ("/v1/members?limit=1&", f"/v1/members/{member['id']}?"):
            problem = assert_problem(national.get(f"{path}include={include}"), 400)
            assert any(fault.get("parameter") == "include" for fault in problem["errors"]), (include, problem)
    assert "delegation, memberships" in _allowed(assert_problem(national.get("/v1/members?include=nothing"), 400))
    problem = assert_problem(national.get("/v1/communes?limit=1&include=delegation"), 400)
    assert any(fault.get("parameter") == "include" for fault in problem["errors"])


def test_w30_included_list_is_bounded(national, old_member, member):
    path = f"/v1/members/{old_member['id']}"
    periods = national.get(path + "?include=memberships").json["memberships"]
    assert set(periods) == {"data", "has_more"} and periods["has_more"] is True
    assert [period["starts_on"][:4] for period in periods["data"]] == [str(year) for year in range(2051, 2041, -1)]
    listed = {row["id"]: row for row in national.get(f"{path}/memberships?limit=100").json["data"]}
    for period in periods["data"]:
        assert period == {name: listed[period["id"]][name] for name in period}
    assert national.get(f"/v1/members/{member['id']}?include=memberships").json["memberships"] == {"data": [], "has_more": False}


def test_w30_ten_are_all(national, scratch):
    made = scratch.create()
    for year in range(2040, 2050):
        scratch.join(made, f"{year}-02-01", f"{year}-11-30")
    periods = national.get(f"/v1/members/{made['id']}?include=memberships").json["memberships"]
    assert len(periods["data"]) == 10 and periods["has_more"] is False


def test_w30_under_its_own_property_and_only_when_asked(national, crowd):
    plain = national.get(f"/v1/members?q={crowd}&limit=3&sort=name").json
    asked = national.get(f"/v1/members?q={crowd}&limit=3&sort=name&include=delegation,memberships").json
    for before, after in zip(plain["data"], asked["data"], strict=True):
        assert not {"delegation", "memberships"} & set(before)
        assert {**before, "delegation": after["delegation"], "memberships": after["memberships"]} == after
        assert after["delegation"]["id"] == after["delegation_id"] and after["delegation"]["name"] == after["delegation_name"]
        assert set(after["delegation"]) == {"id", "name", "slug"}
    one = national.get(f"/v1/members/{asked['data'][0]['id']}?include=delegation").json
    assert one["delegation"] == asked["data"][0]["delegation"] and "memberships" not in one


def test_w30_fields_and_include(national, crowd):
    rows = national.get(f"/v1/members?q={crowd}&limit=3&fields=id&include=delegation").json["data"]
    assert rows and all(set(row) == {"id", "delegation"} for row in rows)
    rows = national.get(f"/v1/members?q={crowd}&limit=3&fields=id,delegation").json["data"]
    assert all(set(row) == {"id"} for row in rows), "naming it in fields does not ask for it"


def test_w30_exports(national, crowd):
    target = f"/v1/members?q={crowd}&fields=id"
    for query, columns in (("", ["id"]), ("&include=memberships", ["id", "memberships"])):
        text = national.get(target + query, accept="text/csv").text
        assert text.splitlines()[0] == ",".join(columns)
        lines = national.get(target + query, accept="application/x-ndjson").body.splitlines()
        assert len(lines) == 23 and all(list(json.loads(line)) == columns for line in lines)


def test_w30_include_is_free_to_change_between_pages(national, crowd):
    first = national.get(f"/v1/members?q={crowd}&limit=10&sort=name&include=delegation")
    assert "include=delegation" in first.link("next")
    second = national.get(first.link("next"))
    assert second.status == 200 and all("delegation" in row for row in second.json["data"])
    bare = national.get(f"/v1/members?q={crowd}&limit=10&sort=name&cursor={_cursor(first)}")
    assert ids(bare.json["data"]) == ids(second.json["data"]) and "delegation" not in bare.json["data"][0]


def test_w30_etag_tells_included_data_apart(national, scratch, owner):
    """The delegation may be renamed without a new version of the member: what was included must not pass for unchanged."""
    made = scratch.create()
    path = f"/v1/members/{made['id']}"
    plain, included = national.get(path), national.get(path + "?include=delegation")
    assert plain.etag != included.etag != national.get(path + "?include=memberships").etag
    assert national.get(path + "?include=delegation", headers={"If-None-Match": plain.etag}).status == 200
    assert national.get(path + "?include=delegation", headers={"If-None-Match": included.etag}).status == 304
    delegation = national.get(f"/v1/delegations/{included.json['delegation']['id']}").json
    try:
        owner.execute("update network.delegation set slug = 'essai-de-passage' where id = %s", (delegation["id"],))
        changed = national.get(path + "?include=delegation", headers={"If-None-Match": included.etag})
        assert changed.status == 200 and changed.json["delegation"]["slug"] == "essai-de-passage"
    finally:
        owner.execute("update network.delegation set slug = %s where id = %s", (delegation["slug"], delegation["id"]))
    assert national.patch(path, {"phone": "+33199000055"}, etag=included.etag).status == 200, "its ETag names the version"


def test_w30_partners_do_not_learn_dates(partner, structure, bretagne):
    one = partner.get("/v1/members?limit=1&include=delegation").json
    assert "delegation" in one["data"][0] and "memberships" not in one["masked"]
    identifier = one["data"][0]["id"]
    for accept in ("application/json", "text/csv", "application/x-ndjson"):
        for include in ("memberships", "delegation,memberships"):
            assert_problem(partner.get(f"/v1/members?limit=1&include={include}", accept=accept), 403, "forbidden")
    assert_problem(partner.get(f"/v1/members/{identifier}?include=memberships"), 403, "forbidden")
    for client in (structure, bretagne):
        assert client.get("/v1/members?limit=1&include=memberships").json["data"][0]["memberships"]["data"]


def test_w31_query_is_not_declared_yet(national):
    """QUERY comes with the search twin; until then the method is refused like any other."""
    answer = national.request("QUERY", "/v1/members", json={"filter": {}})
    assert_problem(answer, 405, "method-not-allowed")
    assert "QUERY" not in answer.header("Allow")
    assert_problem(national.post("/v1/members/search", {"filter": {}}), (404, 405))


def test_every_resource_names_its_own_path(national, member):
    """wire.md 3.1: `self` leads to the same resource, in every format and from lists too."""
    read = national.get("/v1/members/" + member["id"])
    assert read.json["self"] == "/v1/members/" + member["id"]
    listed = national.get("/v1/delegations?limit=1").json["data"][0]
    assert national.get(listed["self"]).json["id"] == listed["id"]
    text = national.get("/v1/delegations?limit=1&fields=id,self", accept="text/csv").body.decode()
    head, row = text.splitlines()[:2]
    assert head == "id,self" and row.split(",")[1] == "/v1/delegations/" + row.split(",")[0]
