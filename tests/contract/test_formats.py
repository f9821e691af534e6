"""Formats and negotiation: numbers 32 to 37, 39 and 40 (36 and 37 with a daemon of their own: tests/fault)."""
import csv
import io
import json

import pytest
from support import data
from support.client import CSV, JSON, NDJSON
from support.problems import assert_problem

BOM = b"\xef\xbb\xbf"
FIELDS = "siret,name,brand,address"


@pytest.fixture(scope="module")
def awkward(scratch, national):
    """Cells that break careless writers. Line breaks stand in the address, which people type over several lines."""
    mark = data.name("Format").replace(" ", "")
    rows = [
        {"name": f'{mark} "guillemets"', "brand": "a,b;c", "address": " devant et derrière "},
        {"name": f"{mark} ligne", "brand": 'un "mot", deux', "address": "1 rue A\nBâtiment B"},
        {"name": f"{mark} formule", "brand": "=1+2", "address": "+33"},
        {"name": f"{mark} signe", "brand": "@import", "address": "-1"},
        {"name": f"{mark} vide", "brand": None},
    ]
    made = {}
    for row in rows:
        answer = national.post("/v1/members", data.member(**row))
        if answer.status == 422:  # line breaks or blanks refused in that field: without them
            row["address"] = row.get("address", "").strip().replace("\n", " ")
            answer = national.post("/v1/members", data.member(**row))
        assert answer.status == 201, answer
        member = scratch.keep(answer)
        made[member["siret"]] = member
    return mark, made


def export(client, mark, accept=CSV, **query):
    return client.get("/v1/members", query={"q": mark, "fields": FIELDS, **query}, accept=accept)


# --- 32 -----------------------------------------------------------------------------------------------------------
def test_w32_csv_round_trip(national, awkward):
    mark, made = awkward
    answer = export(national, mark)
    assert answer.status == 200 and answer.media_type == CSV, answer
    assert "charset=utf-8" in answer.header("Content-Type").lower()
    assert "attachment" in answer.header("Content-Disposition")
    assert not answer.body.startswith(BOM)
    rows = list(csv.reader(io.StringIO(answer.text, newline=""), strict=True))
    assert rows[0] == FIELDS.split(",")
    assert len(rows) == 1 + len(made)
    for siret, name, brand, address in rows[1:]:
        member = made[siret]
        assert name == member["name"]
        assert brand == (member.get("brand") or "") and address == (member.get("address") or "")


def test_w32_csv_bytes(national, awkward):
    """CRLF at every record, quotes only where RFC 4180 asks for them, a doubled quote inside."""
    mark, _ = awkward
    body = export(national, mark, sort="name").body
    assert body.endswith(b"\r\n") and body.startswith(FIELDS.encode() + b"\r\n")
    assert b'""guillemets""' in body and b'"a,b;c"' in body
    outside = b"".join(body.split(b'"')[::2])
    assert outside.count(b"\n") == outside.count(b"\r\n")


def test_w32_columns_in_contract_order(national, contract, awkward):
    mark, _ = awkward
    header = export(national, mark, fields="id").body.split(b"\r\n")[0]
    assert header == b"id"
    answer = national.get("/v1/members", query={"q": mark}, accept=CSV)
    columns = next(csv.reader(io.StringIO(answer.text, newline="")))
    declared = list(contract.item_schema(contract.find("listMembers"))["properties"])
    assert columns == [name for name in declared if name in columns]
    assert {"id", "siret", "name", "kind"} <= set(columns)


def test_w32_columns_in_the_order_of_fields(national, awkward):
    mark, _ = awkward
    for fields in ("name,siret,id", "kind,name"):
        assert export(national, mark, fields=fields).body.split(b"\r\n")[0] == fields.encode()
        row = national.get("/v1/members", query={"q": mark, "fields": fields, "limit": 1}).json["data"][0]
        assert list(row) == fields.split(",")


def test_w32_csv_has_the_rows_of_the_pages(anonymous):
    listed = [row["code"] for row in anonymous.walk("/v1/communes?department=974&limit=10&sort=name")]
    answer = anonymous.get("/v1/communes?department=974&sort=name&fields=code", accept=CSV)
    assert answer.text.split("\r\n")[1:-1] == listed


# --- 33 -----------------------------------------------------------------------------------------------------------
def test_w33_excel_dialect(national, awkward):
    mark, made = awkward
    body = export(national, mark, csv="excel-fr", sort="name").body
    assert body.startswith(BOM)
    text = body[len(BOM) :].decode("utf-8")
    assert text.split("\r\n")[0] == FIELDS.replace(",", ";")
    rows = {row[0]: row for row in csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)}
    for siret, member in made.items():
        brand = member.get("brand") or ""
        assert rows[siret][2] == ("'" + brand if brand[:1] in ("=", "+", "-", "@") else brand)


def test_w33_default_dialect_leaves_cells_alone(national, awkward):
    mark, made = awkward
    answer = export(national, mark)
    assert not answer.body.startswith(BOM)
    brands = {row[0]: row[2] for row in csv.reader(io.StringIO(answer.text, newline=""))}
    assert "=1+2" in brands.values() and "@import" in brands.values()
    again = export(national, mark, csv="default")
    assert again.body == answer.body
    assert_problem(export(national, mark, csv="latin"), 400)


def test_w33_decimal_comma(national, scratch):
    mark = data.name("Virgule").replace(" ", "")
    scratch.create(name=mark + " un", latitude=48.117266, longitude=-1.677793)

    def cells(**options):
        answer = national.get("/v1/members", query={"q": mark, "fields": "latitude,longitude", **options}, accept=CSV)
        assert answer.status == 200, answer
        return answer.body.removeprefix(BOM).decode().split("\r\n")[1]

    assert cells() == "48.117266,-1.677793"
    assert cells(csv="excel-fr") == "48,117266;-1,677793"


# --- 34, 35 -------------------------------------------------------------------------------------------------------
def test_w34_empty_csv_is_its_header(national):
    answer = export(national, "introuvable" + data.name("").strip())
    assert answer.status == 200 and answer.body == FIELDS.encode() + b"\r\n"
    excel = export(national, "introuvable" + data.name("").strip(), csv="excel-fr")
    assert excel.body == BOM + FIELDS.replace(",", ";").encode() + b"\r\n"


def test_w35_ndjson(national, awkward):
    mark, made = awkward
    answer = national.get("/v1/members", query={"q": mark}, accept=NDJSON)
    assert answer.status == 200 and answer.media_type == NDJSON
    lines = answer.body.split(b"\n")
    assert lines[-1] == b"" and all(lines[:-1])
    rows = [json.loads(line) for line in lines[:-1]]
    assert {row["siret"] for row in rows} == set(made)
    listed = {row["id"]: row for row in national.get("/v1/members", query={"q": mark}).json["data"]}
    assert {row["id"]: row for row in rows} == listed
    total = national.get("/v1/members", query={"q": mark}, headers={"Prefer": "count=exact"}).header("Total-Count")
    assert len(rows) == int(total)


def test_w35_whole_list_as_ndjson(anonymous):
    lines = anonymous.get("/v1/communes", accept=NDJSON, record=False).body.split(b"\n")[:-1]
    total = anonymous.get("/v1/communes?limit=1", headers={"Prefer": "count=exact"}).header("Total-Count")
    assert len(lines) == int(total) > 30_000
    assert len({json.loads(line)["code"] for line in lines}) == len(lines)


def test_w35_end_marker(national, awkward):
    mark, made = awkward
    lines = national.get("/v1/members", query={"q": mark, "end_marker": True}, accept=NDJSON).body.split(b"\n")[:-1]
    assert len(lines) == len(made) + 1
    assert json.loads(lines[-1])["@end"]["count"] == len(made)


def test_w35_export_ignores_the_cursor_but_not_the_filter(national, awkward):
    mark, made = awkward
    link = national.get("/v1/members", query={"q": mark, "limit": 2}).link("next")
    answer = national.get(link, accept=NDJSON)
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert len(answer.body.split(b"\n")) - 1 in (2, len(made))


# --- 39 -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", ["/v1/regions", "/v1/status", "/v1/openapi.json", "/v1/problems/not-found"])
def test_w39_nothing_acceptable(anonymous, target):
    answer = anonymous.get(target, accept="image/png")
    problem = assert_problem(answer, 406, "not-acceptable")
    text = json.dumps(problem)
    available = anonymous.get(target).media_type
    assert available in text, problem


@pytest.mark.parametrize(
    "accept, media_type",
    [
        ("text/csv;q=0.9, application/json;q=0.1", CSV),
        ("application/json;q=0.9, text/csv;q=0.1", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/*", CSV),
        ("text/csv;q=0, */*", JSON),
        ("application/x-ndjson, */*;q=0.1", NDJSON),
        ("TEXT/CSV", CSV),
        ("text/csv ; q=1.0", CSV),
        ("image/png, text/csv;q=0.001", CSV),
        ("application/json;q=0, text/csv", CSV),
    ],
)
def test_w39_quality_values(anonymous, accept, media_type):
    answer = anonymous.get("/v1/regions", accept=accept)
    assert answer.status == 200 and answer.media_type == media_type, answer
    assert "Accept" in [name.strip() for name in answer.header("Vary").split(",")]


def test_w39_no_accept_is_json(anonymous):
    assert anonymous.get("/v1/regions", headers={"Accept": None}).media_type == JSON


@pytest.mark.parametrize(
    "accept", ["application/json;q=0", "text/csv;q=0, application/json;q=0, application/x-ndjson;q=0", "text/xml"]
)
def test_w39_everything_excluded(anonymous, accept):
    assert_problem(anonymous.get("/v1/regions", accept=accept), 406, "not-acceptable")


def test_w39_problem_is_json_whatever_is_accepted(anonymous):
    assert_problem(anonymous.get("/v1/regions?limit=0", accept=CSV), 400, "limit-out-of-range")


# --- 40 -----------------------------------------------------------------------------------------------------------
def test_w40_language_of_errors(anonymous):
    french = assert_problem(anonymous.get("/v1/nothing"), 404)
    english = assert_problem(anonymous.get("/v1/nothing", headers={"Accept-Language": "en"}), 404)
    assert french["code"] == english["code"] and french["title"] != english["title"]
    for wish, expected in (
        ("en-GB,en;q=0.9", english),
        ("fr-FR, en;q=0.8", french),
        ("de, en;q=0.5", english),
        ("de", french),
        ("../../x", french),
        ("en;q=0, fr", french),
        ("*", french),
        ("fr;q=0.1, en;q=0.9", english),
    ):
        problem = assert_problem(anonymous.get("/v1/nothing", headers={"Accept-Language": wish}), 404)
        assert problem["title"] == expected["title"], wish


def test_w40_language_of_faults(national):
    def fault(language):
        answer = national.post("/v1/members", data.member(kind="XX"), headers={"Accept-Language": language})
        return assert_problem(answer, 422)["errors"][0]

    assert fault("fr")["code"] == fault("en")["code"] and fault("fr")["detail"] != fault("en")["detail"]


def test_w40_answer_says_that_language_matters(anonymous):
    answer = anonymous.get("/v1/nothing")
    assert "Accept-Language" in answer.header("Vary")
