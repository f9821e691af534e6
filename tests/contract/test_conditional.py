"""Conditional requests and concurrency: numbers 41 to 52."""
import concurrent.futures
import re

import pytest
from support import data
from support.client import CSV, JSON
from support.problems import assert_problem, fault_at

ETAG = re.compile(r'"\d+(-[0-9A-Za-z_-]+)?"')


def state(etag):
    """The part of a tag that names the version: "17" of "17" and of "17-9c41"."""
    return etag.removeprefix("W/").strip('"').split("-")[0]


def at(member):
    return f"/v1/members/{member['id']}"


# --- 41 to 44 -----------------------------------------------------------------------------------------------------
def test_w41_not_modified(national, member):
    first = national.get(at(member))
    assert ETAG.fullmatch(first.etag), first.etag
    assert state(first.etag) == str(first.json["version"])
    again = national.get(at(member), headers={"If-None-Match": first.etag})
    assert again.status == 304 and again.body == b""
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.header(name) == first.header(name), name
    assert "private" in first.header("Cache-Control") and "no-cache" in first.header("Cache-Control")


def test_w41_lists_revalidate(national, scratch):
    mark = data.name("Liste").replace(" ", "")
    scratch.create(name=mark + " un")
    target = f"/v1/members?q={mark}"
    first = national.get(target)
    assert first.etag
    assert national.get(target, headers={"If-None-Match": first.etag}).status == 304
    other = scratch.create(name=mark + " deux")
    second = national.get(target, headers={"If-None-Match": first.etag})
    assert second.status == 200 and second.etag != first.etag
    national.patch(at(other), {"brand": "Autre"}, etag=other["etag"])
    third = national.get(target, headers={"If-None-Match": second.etag})
    assert third.status == 200 and third.etag != second.etag
    assert national.get(target + "&limit=1").etag != third.etag


def test_w41_list_tags_of_callers_differ(national, partner):
    """What one caller may see is not what another sees: no common tag."""
    assert national.get("/v1/members?limit=5").etag != partner.get("/v1/members?limit=5").etag


@pytest.mark.parametrize("form", ["W/{0}", '"x", {0}', '"x",W/{0} , "y"', "*"])
def test_w42_forms_of_if_none_match(national, member, form):
    value = form.format(national.get(at(member)).etag)
    answer = national.get(at(member), headers={"If-None-Match": value})
    assert answer.status == 304, answer
    assert national.head(at(member), headers={"If-None-Match": value}).status == 304


@pytest.mark.parametrize("form", ['"x"', '"999999"', 'W/"0"', '""'])
def test_w42_another_tag_gives_the_resource(national, member, form):
    assert national.get(at(member), headers={"If-None-Match": form}).status == 200


def test_w42_star_on_nothing(national, any_uuid):
    assert_problem(national.get(f"/v1/members/{any_uuid}", headers={"If-None-Match": "*"}), 404)


def test_w43_change_by_another_client(national, bretagne, member):
    before = national.get(at(member))
    changed = bretagne.patch(at(member), {"brand": "Nouvelle enseigne"}, etag=before.etag)
    assert changed.status == 200, changed
    after = national.get(at(member), headers={"If-None-Match": before.etag})
    assert after.status == 200 and after.etag != before.etag and after.json["brand"] == "Nouvelle enseigne"
    assert after.json["version"] == before.json["version"] + 1
    assert after.json["updated_at"] > before.json["updated_at"]


def test_w44_formats_have_their_own_tags(national, contract, member):
    """Of one resource where it has several formats, else of one list."""
    target = at(member) if CSV in contract.find("getMember").answer_types else f"/v1/members?siret={member['siret']}"
    json_answer, csv_answer = national.get(target, accept=JSON), national.get(target, accept=CSV)
    assert json_answer.status == csv_answer.status == 200
    assert json_answer.etag and json_answer.etag != csv_answer.etag
    part = national.get(f"/v1/members?siret={member['siret']}&fields=id", accept=JSON)
    assert part.etag != json_answer.etag


# --- 45, 46 -------------------------------------------------------------------------------------------------------
def test_w45_patch_without_if_match(national, member, scratch):
    assert_problem(national.patch(at(member), {"brand": "Enseigne"}), 428, "precondition-required")
    assert scratch.read(member).json["version"] == member["version"]


def test_w46_stale_tag(national, member, scratch):
    changed = national.patch(at(member), {"brand": "Enseigne un"}, etag=member["etag"])
    assert changed.status == 200
    problem = assert_problem(
        national.patch(at(member), {"brand": "Enseigne deux"}, etag=member["etag"]), 412, "version-conflict"
    )
    assert state(problem["current_etag"]) == str(changed.json["version"])
    assert problem["changed_since"] == ["brand"]
    now = scratch.read(member).json
    assert now["brand"] == "Enseigne un" and now["version"] == changed.json["version"]


@pytest.mark.parametrize(
    "tag", ['"0"', '"999999"', '"x"', "x", '"', "", "17", 'W/"x"', '"9223372036854775808"', '"-1"', '"1', "W/"]
)
def test_w46_tags_that_match_nothing(national, member, scratch, tag):
    """A tag of another state is 412; what is no tag at all may be 400; neither changes anything."""
    answer = national.patch(at(member), {"brand": "Non"}, etag=tag)
    assert_problem(answer, (400, 412, 428))
    assert scratch.read(member).json["version"] == member["version"]


def test_w46_star_is_not_declared(national, member, scratch):
    assert_problem(national.patch(at(member), {"brand": "Non"}, etag="*"), (400, 412, 428))
    assert scratch.read(member).json["version"] == member["version"]


def test_w46_unknown_resource_is_404_not_412(national, any_uuid):
    assert_problem(national.patch(f"/v1/members/{any_uuid}", {"brand": "Enseigne"}, etag='"1"'), 404, "not-found")


# --- 47 -----------------------------------------------------------------------------------------------------------
def test_w47_fifty_parallel_patches(national, member, scratch):
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(
                lambda number: national.patch(at(member), {"brand": f"Enseigne {number}"}, etag=member["etag"]),
                range(50),
            )
        )
    won = [answer for answer in answers if answer.status == 200]
    lost = [answer for answer in answers if answer.status == 412]
    assert (len(won), len(lost)) == (1, 49), sorted({answer.status for answer in answers})
    now = scratch.read(member).json
    assert now["version"] == member["version"] + 1 and now["brand"] == won[0].json["brand"]


def test_w47_two_editors_with_version_7(national, member):
    """Example 17 of the domain page: the same version twice gives one 200 and one 412."""
    etag = member["etag"]
    for number in range(7 - member["version"]):
        etag = national.patch(at(member), {"brand": f"Pas {number}"}, etag=etag).etag
    assert state(etag) == "7"
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda text: national.patch(at(member), {"brand": text}, etag=etag), ("Enseigne A", "Enseigne B"))
        )
    assert sorted(answer.status for answer in answers) == [200, 412]
    winner = next(answer for answer in answers if answer.status == 200)
    assert winner.json["version"] == 8


def test_tag_of_a_write_revalidates_a_read(national, member):
    """What a PATCH returns is what GET would: its tag spares the caller the next answer."""
    written = national.patch(at(member), {"brand": "Enseigne un"}, etag=member["etag"])
    read = national.get(at(member), headers={"If-None-Match": written.etag})
    assert read.status == 304 and read.etag == written.etag


# --- 48 -----------------------------------------------------------------------------------------------------------
def test_w48_tag_of_a_projection(national, contract, member):
    """The tag of any representation of the current state is accepted, and so is its weak form."""
    parameters = {parameter["name"] for parameter in contract.find("getMember").parameters}
    target = at(member) + ("?fields=id,name" if "fields" in parameters else "")
    read = national.get(target)
    first = national.patch(at(member), {"brand": "Enseigne un"}, etag=read.etag)
    assert first.status == 200, first
    second = national.patch(at(member), {"brand": "Enseigne deux"}, etag="W/" + first.etag)
    assert second.status == 200, second
    # A list is honoured or refused by name; it never counts as one strange tag.
    third = national.patch(at(member), {"brand": "Enseigne trois"}, etag=f'"x", {second.etag}')
    assert third.status == 200 or third.code == "invalid-precondition", third


def test_w48_projection_has_a_tag_of_its_own(national, contract, member):
    if "fields" not in {parameter["name"] for parameter in contract.find("getMember").parameters}:
        pytest.skip("getMember has no projection in this contract")
    whole, part = national.get(at(member)), national.get(at(member) + "?fields=id")
    assert whole.etag != part.etag
    assert state(whole.etag) == state(part.etag)


def test_w48_other_format_of_the_state_part(national, member):
    """ "17-9c41" is a tag of state 17, whatever the bytes were."""
    assert national.patch(at(member), {"brand": "Autre"}, etag=f'"{state(member["etag"])}-9c41"').status == 200


def test_w48_tags_that_the_edge_weakened(national, member):
    """Compression turns the tag into its weak form: it still revalidates and still allows the write."""
    etag = national.patch(
        at(member), {"description": "Une présentation assez longue pour être compressée. " * 20}, etag=member["etag"]
    ).etag
    answer = national.get(at(member), headers={"Accept-Encoding": "gzip"})
    assert state(answer.etag) == state(etag)
    assert answer.status == 200 and answer.header("Content-Encoding") == "gzip" and answer.etag.startswith("W/"), answer
    again = national.get(at(member), headers={"Accept-Encoding": "gzip", "If-None-Match": answer.etag})
    assert again.status == 304 and again.body == b""
    assert national.patch(at(member), {"brand": "Enseigne"}, etag=answer.etag).status == 200


# --- 49 -----------------------------------------------------------------------------------------------------------
def test_w49_put_creates_or_refuses(contract, national):
    """No resource of this contract is created by PUT; the promise binds the first one that is."""
    creating = [
        operation
        for operation in contract.operations
        if operation.method == "PUT" and "201" in operation.definition["responses"]
    ]
    if creating:
        pytest.fail(f"write the test of number 49 for {creating[0].id}")
    member_path = contract.at("/v1/members/{id}")
    assert "PUT" not in member_path


def test_w49_if_none_match_star_on_a_write(national, member, scratch):
    """On an existing resource If-None-Match: * fails; it never replaces If-Match."""
    answer = national.patch(at(member), {"brand": "Non"}, headers={"If-None-Match": "*"})
    assert_problem(answer, (412, 428))
    assert scratch.read(member).json["version"] == member["version"]


# --- 50 -----------------------------------------------------------------------------------------------------------
def history(national, member):
    return list(national.walk(at(member) + "/history"))


def test_w50_no_op_patch(national, member, scratch):
    before, entries = scratch.read(member), history(national, member)
    for body in ({"name": member["name"]}, {"brand": None, "kind": member["kind"]}):
        answer = national.patch(at(member), body, etag=before.etag)
        assert answer.status == 200 and state(answer.etag) == state(before.etag), answer
        assert (
            answer.json["version"] == before.json["version"] and answer.json["updated_at"] == before.json["updated_at"]
        )
    assert history(national, member) == entries


def test_w50_a_change_is_one_entry(national, member):
    entries = len(history(national, member))
    assert (
        national.patch(at(member), {"brand": "Changé", "website": "https://example.org"}, etag=member["etag"]).status
        == 200
    )
    assert len(history(national, member)) == entries + 1


def test_w50_history_of_a_group(national, bretagne, structure, partner, scratch, any_uuid):
    made = national.post("/v1/groups", {"name": data.name("Groupe"), "website": "https://example.org"})
    path = f"/v1/groups/{made.json['id']}"
    changed = national.patch(path, {"description": "Un texte.", "website": None}, etag=made.etag)
    assert national.patch(path, {"website": None}, etag=changed.etag).status == 200
    entries = national.get(path + "/history").json["data"]
    assert [(entry["change"], entry["version"]) for entry in entries] == [
        ("UPDATED", changed.json["version"]),
        ("CREATED", made.json["version"]),
    ]
    assert all(entry["record_type"] == "GROUP" and entry["record_id"] == made.json["id"] for entry in entries)
    assert entries[0]["changes"] == [
        {"property": "description", "before": None, "after": "Un texte."},
        {"property": "website", "before": "https://example.org", "after": None},
    ]
    assert entries[0]["caller"] == "NATIONAL" and entries[0]["request_id"] == changed.header("X-Request-Id")
    oldest = national.get(path + "/history?sort=occurred_at&limit=1")
    assert oldest.json["data"] == entries[1:] and oldest.link("next")
    assert [entry["id"] for entry in bretagne.get(path + "/history").json["data"]] == [entry["id"] for entry in entries]
    assert structure.get(path + "/history").json["data"] == [], "as of delegations: the offices read who changed what"
    assert_problem(partner.get(path + "/history"), 403, "forbidden")
    assert_problem(national.get(f"/v1/groups/{any_uuid}/history"), 404, "not-found")


# --- 51 -----------------------------------------------------------------------------------------------------------
def test_w51_prefer_return(national, member):
    small = national.patch(
        at(member), {"brand": "Enseigne un"}, etag=member["etag"], headers={"Prefer": "return=minimal"}
    )
    assert small.status == 204 and small.body == b"" and small.etag, small
    assert "return=minimal" in small.header("Preference-Applied")
    whole = national.patch(
        at(member), {"brand": "Enseigne deux"}, etag=small.etag, headers={"Prefer": "return=representation"}
    )
    assert whole.status == 200 and whole.json["brand"] == "Enseigne deux" and whole.etag != small.etag
    assert "return=representation" in whole.header("Preference-Applied")


def test_w51_prefer_on_create(national, scratch):
    small = national.post("/v1/members", data.member(), headers={"Prefer": "return=minimal"})
    assert small.status in (201, 204) and small.body == b"" and small.etag and small.header("Location"), small
    scratch.ids.add(small.header("Location").rsplit("/", 1)[-1])
    assert national.get(small.header("Location")).status == 200


def test_w51_unknown_preferences_are_ignored(national, member):
    answer = national.get(at(member), headers={"Prefer": "handling=strict, x=y; z, count=exact"})
    assert answer.status == 200


# --- 52 -----------------------------------------------------------------------------------------------------------
def test_w52_null_removes_an_optional_value(national, member, scratch):
    filled = national.patch(at(member), {"brand": "Enseigne", "phone": "+33299000000"}, etag=member["etag"])
    assert filled.status == 200, filled
    emptied = national.patch(at(member), {"brand": None}, etag=filled.etag)
    assert emptied.status == 200 and emptied.json.get("brand") is None
    assert emptied.json["phone"] == "+33299000000", "what the patch does not name stays"


def test_w52_null_on_a_required_one(national, member, scratch):
    problem = assert_problem(national.patch(at(member), {"name": None}, etag=member["etag"]), 422, "validation-failed")
    fault_at(problem, "/name")
    assert scratch.read(member).json["version"] == member["version"]


def test_w52_both_media_types(national, member):
    one = national.patch(at(member), {"brand": "Enseigne un"}, etag=member["etag"], content_type=JSON)
    assert one.status == 200, one
    assert national.patch(at(member), {"brand": "Enseigne deux"}, etag=one.etag).status == 200


@pytest.mark.parametrize("body", ["[]", "1", "null", '"x"'])
def test_w52_a_patch_is_an_object(national, member, body):
    answer = national.request(
        "PATCH",
        at(member),
        body=body,
        content_type="application/merge-patch+json",
        headers={"If-Match": member["etag"]},
    )
    assert_problem(answer, (400, 422))


@pytest.mark.parametrize(
    "name",
    ["id", "version", "created_at", "updated_at", "siren", "department_code", "region_code", "status", "is_siae"],
)
def test_w52_read_only_properties(national, member, scratch, name):
    answer = national.patch(at(member), {name: "x"}, etag=member["etag"])
    assert_problem(answer, 422, "validation-failed")
    assert scratch.read(member).json["version"] == member["version"]
