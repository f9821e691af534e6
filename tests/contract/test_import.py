"""Bulk import of members: numbers 60 to 66."""
import csv
import io
import json
import uuid

import pytest
from support import data
from support.client import CSV, JSON, NDJSON
from support.problems import assert_problem

IMPORTS = "/v1/members/imports"
COLUMNS = ["siret", "kind", "name", "commune_code"]


def rows(count, mark=None, **fields):
    """Rows of new members; `mark` begins every name."""
    mark = mark or data.name("Import")
    return [
        {"siret": data.siret(), "kind": "AI", "name": f"{mark} {number:04d}", "commune_code": "35238", **fields}
        for number in range(1, count + 1)
    ]


def as_csv(records, columns=None, delimiter=",", end="\r\n", bom=False):
    columns = columns or list(records[0])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(columns)
    for record in records:
        writer.writerow(["" if record.get(name) is None else record[name] for name in columns])
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode("utf-8")


def as_ndjson(records):
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def send(client, body, content_type=CSV, key=None, **query):
    target = IMPORTS
    if query:
        target += "?" + "&".join(
            f"{name.rstrip('_')}={str(value).lower() if isinstance(value, bool) else value}"
            for name, value in query.items()
        )
    return client.request(
        "POST",
        target,
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        content_type=content_type,
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
    )


def stored(owner, records):
    sirets = [record["siret"].replace(" ", "") for record in records]
    return owner.execute("select count(*) from network.member where siret = any(%s)", (sirets,)).fetchone()[0]


def versions(owner, records):
    sirets = [record["siret"] for record in records]
    return dict(owner.execute("select siret, version from network.member where siret = any(%s)", (sirets,)).fetchall())


def entries(owner):
    return owner.execute("select count(*) from audit.change").fetchone()[0]


def summary(answer):
    return {name: count for name, count in answer.json["summary"].items() if count}


@pytest.fixture(scope="module")
def thousand():
    """999 good rows and one bad: the SIRET of record 500, on line 501 of the CSV."""
    records = rows(1000)
    records[499]["siret"] = data.broken_siret()
    return records


# --- 60 -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("content_type, line", [(CSV, 501), (NDJSON, 500), (JSON, None)])
def test_w60_atomic_with_one_bad_row(national, owner, thousand, content_type, line):
    body = {CSV: as_csv, NDJSON: as_ndjson, JSON: lambda records: records}[content_type](thousand)
    problem = assert_problem(send(national, body, content_type), 422)
    faults = problem["errors"]
    assert len(faults) == 1, problem
    assert faults[0]["row"] == 500 and faults[0].get("line") == line
    assert faults[0]["pointer"].endswith("/siret") and faults[0]["code"] == "siret-checksum"
    assert problem["summary"]["failed"] == 1 and problem["summary"]["created"] == 0, "nothing is stored, nothing counted"
    assert stored(owner, thousand) == 0


def test_w60_atomic_is_the_default_and_stores_all(national, owner):
    records = rows(20)
    answer = send(national, as_csv(records))
    assert answer.status == 200 and summary(answer) == {"received": 20, "created": 20}, answer
    assert answer.json["mode"] == "atomic" and stored(owner, records) == 20


def test_w60_refusal_by_the_database_takes_everything_back(national, owner, member):
    """A row that only the database can refuse: the SIRET and kind of a member that exists."""
    records = rows(10)
    records[6].update(siret=member["siret"], kind=member["kind"])
    problem = assert_problem(send(national, as_csv(records)), (409, 422))
    assert [fault["row"] for fault in problem["errors"]] == [7], problem
    assert stored(owner, records) == 1, "only the member that was there before"


def test_w60_all_row_errors_are_listed(national):
    records = rows(50)
    for number in range(0, 50, 2):
        records[number]["kind"] = "NOTHING"
    problem = assert_problem(send(national, as_csv(records)), 422)
    assert [fault["row"] for fault in problem["errors"]] == list(range(1, 51, 2))


# --- 61 -----------------------------------------------------------------------------------------------------------
def test_w61_per_row_and_resending_the_rejects(national, owner, thousand):
    records = [dict(record, siret=data.siret()) for record in thousand]
    records[499]["siret"] = data.broken_siret()
    answer = send(national, as_csv(records), mode="per_row")
    assert answer.status == 207, answer
    assert summary(answer) == {"received": 1000, "created": 999, "failed": 1}
    refused = [row for row in answer.json["rows"] if row["status"] >= 400]
    assert len(refused) == 1 and (refused[0]["row"], refused[0]["line"], refused[0]["status"]) == (500, 501, 422)
    assert refused[0]["errors"][0]["code"] == "siret-checksum"
    assert stored(owner, records) == 999

    rejects = national.get(answer.json["rejects"])
    assert rejects.status == 200 and rejects.media_type == CSV, rejects
    again = list(csv.DictReader(io.StringIO(rejects.text, newline="")))
    assert len(again) == 1 and again[0]["_row"] == "500" and again[0]["_errors"]
    assert again[0]["name"] == records[499]["name"]
    again[0]["siret"] = data.siret()
    resent = send(national, as_csv(again), mode="per_row")
    assert resent.status == 207 and summary(resent) == {"received": 1, "created": 1}, resent
    assert stored(owner, again) == 1


def test_w61_per_row_is_207_even_when_all_is_well(national):
    answer = send(national, as_csv(rows(3)), mode="per_row")
    assert answer.status == 207 and summary(answer) == {"received": 3, "created": 3}


def test_w61_run_can_be_read_again(national):
    records = rows(3)
    records[1]["kind"] = "NOTHING"
    answer = send(national, as_ndjson(records), NDJSON, mode="per_row")
    run = national.get(f"/v1/imports/{answer.json['id']}")
    assert run.status == 200 and run.json["summary"] == answer.json["summary"]
    rejects = national.get(f"/v1/imports/{answer.json['id']}/rejects")
    assert rejects.media_type == NDJSON
    lines = [json.loads(line) for line in rejects.body.splitlines()]
    assert [line["_row"] for line in lines] == [2] and lines[0]["name"] == records[1]["name"]


def test_w61_rejects_have_every_row_where_the_report_is_cut(national):
    records = rows(1200)
    for record in records[:1100]:
        record["kind"] = "NOTHING"
    answer = send(national, as_csv(records), mode="per_row")
    assert answer.json["truncated"] and len(answer.json["rows"]) == 1000 and answer.json["summary"]["failed"] == 1100
    again = list(csv.DictReader(io.StringIO(national.get(answer.json["rejects"]).text, newline="")))
    assert [row["_row"] for row in again] == [str(number) for number in range(1, 1101)]


# --- 62 -----------------------------------------------------------------------------------------------------------
def test_w62_dry_run(national, owner):
    records = rows(30)
    records[10]["kind"] = "NOTHING"
    before = entries(owner)
    dry = send(national, as_csv(records), mode="per_row", dry_run=True)
    assert dry.status == 207 and dry.json["dry_run"] is True
    assert stored(owner, records) == 0 and entries(owner) == before
    real = send(national, as_csv(records), mode="per_row")
    assert real.json["summary"] == dry.json["summary"]

    def shown(answer):
        return [
            (row["row"], row["status"], [fault["code"] for fault in row.get("errors", [])])
            for row in answer.json["rows"]
            if row["status"] >= 400
        ]

    assert shown(real) == shown(dry) != []


def test_w62_dry_run_of_an_update(national, owner):
    records = rows(5)
    assert send(national, as_csv(records)).status == 200
    before = versions(owner, records)
    changed = [dict(record, brand="Enseigne") for record in records]
    answer = send(national, as_csv(changed), on_conflict="merge", dry_run=True)
    assert answer.status == 200 and summary(answer) == {"received": 5, "updated": 5}, answer
    assert versions(owner, records) == before


# --- 63 -----------------------------------------------------------------------------------------------------------
def test_w63_two_rows_with_one_key(national, owner):
    records = rows(6)
    records[4].update(siret=records[1]["siret"])
    problem = assert_problem(send(national, as_csv(records)), (409, 422))
    text = json.dumps(problem["errors"])
    assert {fault["row"] for fault in problem["errors"]} >= {5}, problem
    assert '"row": 2' in text or "2" in " ".join(
        str(fault.get("detail", "")) + str(fault.get("value", "")) for fault in problem["errors"]
    ), "both rows are named"
    assert stored(owner, records) == 0


def test_w63_merge_applies_the_last_one_and_says_so(national, owner):
    records = rows(4)
    records[3].update(siret=records[0]["siret"], name=data.name("Le dernier"))
    answer = send(national, as_csv(records), on_conflict="merge")
    assert answer.status == 200, answer
    name = owner.execute("select name from network.member where siret = %s", (records[0]["siret"],)).fetchone()[0]
    assert name == records[3]["name"]
    noted = [row for row in answer.json["rows"] if row.get("notes")]
    assert {row["row"] for row in noted} & {1, 4}, answer


def test_w63_skip_leaves_the_first(national, owner):
    records = rows(2)
    assert send(national, as_csv(records)).status == 200
    changed = [dict(record, name=data.name("Autre")) for record in records]
    answer = send(national, as_csv(changed), on_conflict="skip")
    assert answer.status == 200 and answer.json["summary"]["skipped"] == 2 and answer.json["summary"]["updated"] == 0
    assert max(versions(owner, records).values()) == 1


# --- 64 -----------------------------------------------------------------------------------------------------------
def mixed(body):
    lines = body.split(b"\r\n")
    return b"".join(line + (b"\r\n" if number % 2 else b"\n") for number, line in enumerate(lines[:-1])) + lines[-1]


@pytest.mark.parametrize(
    "variant", ["bom", "semicolon", "lf", "mixed", "no final newline", "bom and semicolon", "blank lines at the end"]
)
def test_w64_dialects(national, owner, variant):
    records = rows(4)
    records[1]["name"] = data.name('Nom, avec "guillemets"; et point-virgule')
    body = as_csv(
        records,
        bom="bom" in variant,
        delimiter=";" if "semicolon" in variant else ",",
        end="\n" if variant == "lf" else "\r\n",
    )
    if variant == "mixed":
        body = mixed(body)
    if variant == "no final newline":
        body = body.rstrip(b"\r\n")
    if variant.startswith("blank"):
        body += b"\r\n"
    answer = send(national, body)
    assert answer.status == 200 and summary(answer) == {"received": 4, "created": 4}, answer
    name = owner.execute("select name from network.member where siret = %s", (records[1]["siret"],)).fetchone()[0]
    assert name == records[1]["name"]


def test_w64_quoted_line_break_counts_lines_not_rows(national):
    records = rows(3)
    records[0]["address"] = "1 rue A\r\nBâtiment B"
    records[2]["kind"] = "NOTHING"
    for record in records:
        record.setdefault("address", "")
    answer = send(national, as_csv(records), mode="per_row", dry_run=True)
    assert answer.status == 207, answer
    bad = next(row for row in answer.json["rows"] if row["row"] == 3)
    assert bad["line"] == 5, bad  # the header is line 1, record 1 takes two lines


def test_w64_wrong_column_is_named(national, owner):
    records = rows(2)
    for wrong in ("nmae", "colour"):
        body = as_csv([dict(record, **{wrong: "x"}) for record in records])
        problem = assert_problem(send(national, body), 422)
        assert wrong in json.dumps(problem["errors"]), problem
    assert stored(owner, records) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"siret,siret\r\n1,2\r\n",
        b'siret,kind\r\n"open,AI\r\n',
        b"siret,kind,name\r\n\xff\xfe,AI,x\r\n",
        b"siret,kind,name\r\na\x00b,AI,x\r\n",
    ],
)
def test_w64_unreadable_files(national, body):
    assert_problem(send(national, body), (400, 422))


def test_w64_ragged_rows_are_refused(national, owner):
    records = rows(2)
    body = as_csv(records).rstrip(b"\r\n") + b",surplus\r\n"
    problem = assert_problem(send(national, body), (400, 422))
    assert "2" in json.dumps(problem) and stored(owner, records) == 0


def test_w64_empty_cell_is_absent_and_null_needs_its_text(national, owner):
    records = [dict(record, brand="Enseigne") for record in rows(2)]
    assert send(national, as_csv(records)).status == 200
    kept = [dict(record, brand="") for record in records]
    assert send(national, as_csv(kept), on_conflict="merge").json["summary"]["unchanged"] == 2
    emptied = [dict(record, brand="NULL") for record in records]
    answer = send(national, as_csv(emptied), on_conflict="merge", null_as="NULL")
    assert answer.status == 200 and answer.json["summary"]["updated"] == 2, answer
    brands = owner.execute(
        "select distinct brand from network.member where siret = any(%s)", ([record["siret"] for record in records],)
    ).fetchall()
    assert brands == [(None,)]


def test_w64_ndjson_bad_line(national, owner):
    records = rows(3)
    body = as_ndjson(records).replace(b'"kind": "AI"', b'"kind": ', 1)
    problem = assert_problem(send(national, body, NDJSON), (400, 422))
    assert stored(owner, records) == 0 and "1" in json.dumps(problem)


# --- 65 -----------------------------------------------------------------------------------------------------------
def active_members(client):
    answer = client.get("/v1/members", query={"status": "ACTIVE", "limit": 1}, headers={"Prefer": "count=exact"})
    return answer.json["page"]["total"]


def test_w65_sweep_that_would_remove_too_much(national):
    before = active_members(national)
    assert before > 1
    answer = send(national, as_csv(rows(1)), on_missing="tombstone", max_removed=1)
    assert_problem(answer, 409, "sweep-too-large")
    assert active_members(national) == before


def test_w65_sweep_needs_a_bound(national):
    assert_problem(send(national, as_csv(rows(1)), on_missing="tombstone"), 400)


@pytest.mark.parametrize(
    "query",
    [
        "mode=both",
        "on_conflict=x",
        "dry_run=perhaps",
        "max_removed=-1",
        "max_removed=x",
        "key=name",
        "on_missing=delete",
    ],
)
def test_w65_bad_parameters(national, query):
    name, _, value = query.partition("=")
    name = name + "_" if name == "key" else name
    assert_problem(send(national, as_csv(rows(1)), **{name: value}), 400)


def test_w65_sweep_within_its_bound_in_a_dry_run(national):
    """What a sweep of everything would remove, without removing it."""
    before = active_members(national)
    answer = send(national, as_csv(rows(1)), on_missing="tombstone", max_removed=5000, dry_run=True)
    assert answer.status == 200, answer
    assert answer.json["summary"]["removed"] >= before
    assert active_members(national) == before


def test_w65_no_sweep_while_a_row_is_invalid(national, owner):
    """A row that cannot be read may name any member: the file proves nobody's absence."""
    records = rows(2)
    assert send(national, as_csv(records)).status == 200
    before = active_members(national)
    records[0]["phone"] = "0299000000"
    answer = send(
        national, as_csv(records), mode="per_row", on_conflict="merge", on_missing="tombstone", max_removed=5000, dry_run=True
    )
    assert answer.status == 207 and summary(answer) == {"received": 2, "failed": 1, "unchanged": 1}, answer
    assert active_members(national) == before and stored(owner, records) == 2


# --- 66 -----------------------------------------------------------------------------------------------------------
def test_w66_unchanged_file(national, owner):
    records = [
        dict(record, brand="Enseigne", phone="+33299000000", latitude="48.1", longitude="-1.5") for record in rows(40)
    ]
    assert send(national, as_csv(records), on_conflict="merge").status == 200
    before, history = versions(owner, records), entries(owner)
    answer = send(national, as_csv(records), on_conflict="merge")
    assert answer.status == 200 and summary(answer) == {"received": 40, "unchanged": 40}, answer
    assert versions(owner, records) == before and entries(owner) == history


def test_w66_same_upload_twice_is_a_replay(national, owner):
    records, key = rows(3), str(uuid.uuid4())
    first, second = (send(national, as_csv(records), key=key) for _ in range(2))
    assert first.status == 200 and second.header("Idempotency-Replayed") == "true" and second.body == first.body
    assert stored(owner, records) == 3


def test_w66_by_id(national, owner):
    records = rows(3)
    assert send(national, as_csv(records)).status == 200
    ids = dict(
        owner.execute(
            "select siret, id::text from network.member where siret = any(%s)",
            ([record["siret"] for record in records],),
        ).fetchall()
    )
    changed = [{"id": ids[record["siret"]], "brand": "Par identifiant"} for record in records]
    answer = send(national, as_csv(changed), key_="id", on_conflict="merge")
    assert answer.status == 200 and summary(answer) == {"received": 3, "updated": 3}, answer
    unknown = send(
        national,
        as_csv([{"id": str(uuid.uuid4()), "brand": "Personne"}]),
        key_="id",
        on_conflict="merge",
        mode="per_row",
    )
    assert unknown.status == 207 and [row["status"] for row in unknown.json["rows"]] == [404], unknown


# --- limits, rights -----------------------------------------------------------------------------------------------
def test_import_of_other_territory_is_refused_row_by_row(bretagne, owner):
    records = rows(3)
    records[1].update(commune_code="97411")
    answer = send(bretagne, as_csv(records), mode="per_row")
    assert answer.status == 207 and answer.json["summary"]["failed"] == 1, answer
    assert stored(owner, records) == 2
    refused = [row for row in answer.json["rows"] if row["status"] >= 400]
    assert [row["row"] for row in refused] == [2] and refused[0]["status"] in (403, 404, 422)


def test_import_run_of_another_caller_is_invisible(national, bretagne):
    run = send(national, as_csv(rows(1)), dry_run=True).json["id"]
    assert_problem(bretagne.get(f"/v1/imports/{run}"), 404, "not-found")
    assert_problem(bretagne.get(f"/v1/imports/{run}/rejects"), 404, "not-found")


def test_w16_import_over_its_limit(national, contract):
    limit = contract.find("importMembers").definition.get("x-body-max", 65536)
    assert limit == 8 * 1024 * 1024
    answer = send(national, b"siret,kind,name\r\n" + b"x" * limit)
    assert_problem(answer, 413, "payload-too-large")


def test_too_many_rows(national):
    answer = send(national, as_csv(rows(5001)), dry_run=True)
    assert_problem(answer, (413, 422))
