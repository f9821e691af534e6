"""Import of PASS: files of the platform and of the payment agency, our own columns, bad files; and that nothing personal
comes further than the door."""
import csv
import io
import itertools
import json
import os
import pathlib
import subprocess
import uuid

import pytest
from support import data, keys
from support.client import CSV, JSON, NDJSON, Client
from support.problems import assert_problem

IMPORTS = "/v1/passes/imports"
# The columns of the platform's export of applications, in its order.
EXPORT = """Civilité candidat|Nom candidat|Prénom candidat|Email candidat|Téléphone candidat|Date de naissance candidat|\
Ville candidat|Département candidat|Nom structure employeur|Type employeur|Métiers|Source de la candidature|\
Nom organisation prescripteur|Nom utilisateur prescripteur|Date de la candidature|Statut de la candidature|\
Dates de début d’embauche|Dates de fin d’embauche|Motifs de refus|Éligibilité IAE validée|Eligible au contrôle|\
Numéro PASS IAE|Début PASS IAE|Fin PASS IAE|Statut PASS IAE""".split("|")
PERSONAL = ["Civilité candidat", "Nom candidat", "Prénom candidat", "Email candidat", "Téléphone candidat",
            "Ville candidat", "Département candidat", "Nom utilisateur prescripteur", "Motifs de refus"]
CANARY = "Zyxcanari"
CANARIES = [CANARY, "ZYXCANARI", "1700675123456", "0639981234", "07/06/1975", "1975-06-07", "075 06", "rue du Canari"]

_numbers = itertools.count(int(uuid.uuid4().int % 9_000_000))


def number():
    return f"XXXXX{next(_numbers) % 10_000_000:07d}"


def row(**fields):
    return {"number": number(), "starts_on": "2025-02-01", "ends_on": "2027-01-31", **fields}


def application(**fields):
    """A line of the platform's export; every personal cell holds a canary."""
    cells = dict.fromkeys(EXPORT, "")
    cells.update({name: f"{CANARY} {name}" for name in PERSONAL})
    cells.update({
        "Téléphone candidat": "0639981234", "Date de naissance candidat": "07/06/1975", "Type employeur": "AI",
        "Métiers": f"{CANARY} métier", "Nom structure employeur": f"{CANARY} structure",
        "Statut de la candidature": "Candidature acceptée", "Dates de début d’embauche": "03/02/2025",
        "Numéro PASS IAE": number(), "Début PASS IAE": "01/02/2025", "Fin PASS IAE": "31/01/2027",
        "Statut PASS IAE": "Valide"})
    return cells | fields


def record(siret, **person):
    """An employee record as it goes to the payment agency."""
    return {
        "numLigne": 1, "typeMouvement": "C", "siret": siret, "mesure": "AI_DC",
        "personnePhysique": {
            "passIae": number(), "idItou": f"{CANARY}-id", "civilite": "M", "nomUsage": "ZYXCANARI", "nomNaissance": None,
            "prenom": "ZYXCANARI", "dateNaissance": "07/06/1975",
            "codeComInsee": {"codeComInsee": "35238", "codeDpt": "035"}, "codeInseePays": "100", "codeGroupePays": "1",
            "passDateDeb": "01/12/2021", "passDateFin": "29/11/2026", "salarieNIR": "170067512345678", **person},
        "adresse": {"adrTelephone": "0639981234", "adrMail": "zyxcanari@exemple.invalid", "adrLibelleVoie": "rue du Canari"},
        "situationSalarie": {"orienteur": "01", "salarieRQTH": True, "salarieBenefRSA": "NON"},
        "codeTraitement": None, "libelleTraitement": f"{CANARY} libre"}


def as_csv(records, columns=None, delimiter=";", end="\r\n", bom=False):
    columns = columns or list(records[0])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(columns)
    writer.writerows([record.get(name, "") for name in columns] for record in records)
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode("utf-8")


def send(client, body, content_type=CSV, **query):
    target = IMPORTS + ("?" + "&".join(f"{name}={str(value).lower()}" for name, value in query.items()) if query else "")
    return client.request(
        "POST", target, body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        content_type=content_type, headers={"Idempotency-Key": str(uuid.uuid4())})


def summary(answer):
    return {name: count for name, count in answer.json["summary"].items() if count}


class Structure:
    """A structure of the tests' own and its key."""

    def __init__(self, url, scratch, owner, **fields):
        self.member, self.owner = scratch.create(**fields), owner
        self.client = Client(url, keys.create("STRUCTURE", data.name("Import"), "--member", self.member["id"]), "importer")

    def passes(self):
        """(last4, starts_on, ends_on, declared_ends_on, birth_year, origin, version) of its lines."""
        return self.owner.execute(
            """select number_last4, starts_on::text, ends_on::text, declared_ends_on::text, birth_year, origin, version
            from pass.pass where member_id = %s order by created_at, id""", (self.member["id"],)).fetchall()


@pytest.fixture
def ours(url, scratch, owner):
    return Structure(url, scratch, owner)


# --- the three kinds of file --------------------------------------------------------------------------------------
def test_the_export_of_applications(ours):
    lines = [application() for _ in range(3)]
    lines[1] |= {"Numéro PASS IAE": "99999 21 35866", "Fin PASS IAE": "29/11/2026", "Début PASS IAE": "01/12/2021"}
    lines[2] |= {"Début PASS IAE": "2025-02-01 00:00:00", "Fin PASS IAE": "2027-01-31"}
    answer = send(ours.client, as_csv(lines))
    assert answer.status == 200 and summary(answer) == {"received": 3, "created": 3}, answer
    assert sorted(answer.json["personal_columns"]) == sorted(PERSONAL)
    assert {"Métiers", "Nom structure employeur", "Statut PASS IAE"} <= set(answer.json["ignored_columns"])
    assert "Date de naissance candidat" not in answer.json["ignored_columns"], "read, for its year"
    stored = {line[0]: line for line in ours.passes()}
    assert stored["5866"][1:6] == ("2021-12-01", "2026-11-29", "2026-11-29", 1975, "AI_STOCK")
    last4 = lines[2]["Numéro PASS IAE"][-4:]
    assert stored[last4][1:6] == ("2025-02-01", "2027-01-31", "2027-01-31", 1975, "DEFAULT")


@pytest.mark.parametrize("envelope", [None, "lignesTelechargement", "results"])
def test_employee_records(ours, envelope):
    records = [record(ours.member["siret"]) for _ in range(2)]
    body = {"msgInformatif": None, "telId": "1", envelope: records} if envelope else records
    answer = send(ours.client, body, JSON)
    assert answer.status == 200 and summary(answer) == {"received": 2, "created": 2}, answer
    assert {"nomUsage", "prenom", "salarieNIR", "adrMail", "salarieRQTH"} <= set(answer.json["personal_columns"])
    assert {"numLigne", "libelleTraitement"} <= set(answer.json["ignored_columns"])
    assert [line[1:6] for line in ours.passes()] == [("2021-12-01", "2026-11-29", "2026-11-29", 1975, "AI_STOCK")] * 2


@pytest.mark.parametrize("content_type", [CSV, JSON, NDJSON])
def test_our_own_columns(ours, content_type):
    rows = [row(birth_year=1980), row(hired_on="2025-02-03"), row(siae_kind="AI")]
    body = {CSV: as_csv(rows, ["number", "starts_on", "ends_on", "birth_year", "hired_on", "siae_kind"]), JSON: rows,
            NDJSON: b"".join(json.dumps(one).encode() + b"\n" for one in rows)}[content_type]
    answer = send(ours.client, body, content_type)
    assert answer.status == 200 and summary(answer) == {"received": 3, "created": 3}, answer
    assert answer.json["personal_columns"] == [] and answer.json["ignored_columns"] == []


def test_years_and_numbers_only(ours, owner):
    rows = [row(birth_year=1980)]
    assert send(ours.client, rows, JSON).status == 200
    hashes = owner.execute("select number_hash from pass.pass where member_id = %s", (ours.member["id"],)).fetchone()
    assert len(hashes[0]) == 32 and rows[0]["number"].encode() not in hashes[0]


# --- again, and changed -------------------------------------------------------------------------------------------
def test_the_same_file_twice_changes_nothing(ours):
    body = as_csv([application() for _ in range(5)])
    assert summary(send(ours.client, body)) == {"received": 5, "created": 5}
    before = ours.passes()
    for _ in range(2):
        assert summary(send(ours.client, body)) == {"received": 5, "unchanged": 5}
    assert ours.passes() == before


def test_a_new_last_day_updates_and_a_recorded_pause_makes_it_a_comparison(ours, owner):
    one = row()
    assert send(ours.client, [one], JSON).status == 200
    later = dict(one, ends_on="2027-03-02")
    assert summary(send(ours.client, [later], JSON)) == {"received": 1, "updated": 1}
    assert ours.passes()[0][2:4] == ("2027-03-02", "2027-03-02")
    owner.execute("""insert into pass.suspension (pass_id, starts_on, ends_on, reason, declared_on)
        select id, '2025-06-01', '2025-06-30', 'CONTRACT_SUSPENDED', '2025-06-01' from pass.pass where member_id = %s""",
                  (ours.member["id"],))
    assert summary(send(ours.client, [dict(one, ends_on="2027-05-01")], JSON)) == {"received": 1, "updated": 1}
    assert ours.passes()[0][2:4] == ("2027-03-31", "2027-05-01"), "computed and printed, side by side"


@pytest.mark.parametrize("choice, status, counts", [
    ("skip", 200, {"received": 1, "skipped": 1}), ("merge", 200, {"received": 1, "updated": 1}), ("fail", 422, None)])
def test_what_to_do_with_a_known_number(ours, choice, status, counts):
    one = row()
    assert send(ours.client, [one], JSON).status == 200
    answer = send(ours.client, [dict(one, ends_on="2027-02-28")], JSON, on_conflict=choice)
    assert answer.status == status, answer
    if counts:
        assert summary(answer) == counts
    else:
        assert answer.json["errors"][0]["code"] == "duplicate-pass"


def test_dry_run_reports_and_stores_nothing(ours):
    lines = [application(), application(**{"Début PASS IAE": "31/02/2025"})]
    dry = send(ours.client, as_csv(lines), mode="per_row", dry_run=True)
    assert dry.status == 207 and dry.json["id"] is None and ours.passes() == []
    real = send(ours.client, as_csv(lines), mode="per_row")
    assert real.json["summary"] == dry.json["summary"] and real.json["rows"] == dry.json["rows"]
    assert real.json["personal_columns"] == dry.json["personal_columns"]


def test_atomic_stores_all_or_nothing(ours):
    rows = [row() for _ in range(100)]
    rows[49]["starts_on"] = "2025-02-30"
    problem = assert_problem(send(ours.client, rows, JSON), 422, "import-failed")
    assert [(fault["row"], fault["pointer"], fault["value"]) for fault in problem["errors"]] == [
        (50, "/starts_on", "2025-02-30")]
    assert ours.passes() == []
    answer = send(ours.client, rows, JSON, mode="per_row")
    assert summary(answer) == {"received": 100, "created": 99, "failed": 1}
    assert [one["row"] for one in answer.json["rows"]] == [50]


# --- what a file of applications holds besides --------------------------------------------------------------------
def test_applications_without_a_hire_or_a_pass_are_left_aside(ours):
    lines = [application(), application(**{"Statut de la candidature": "Candidature déclinée"}),
             application(**{"Numéro PASS IAE": "", "Début PASS IAE": "", "Fin PASS IAE": ""})]
    answer = send(ours.client, as_csv(lines))
    assert answer.status == 200 and summary(answer) == {"received": 3, "created": 1, "skipped": 2}, answer
    assert [(one["row"], one["status"]) for one in answer.json["rows"]] == [(2, 200), (3, 200)]
    assert all(one["notes"] for one in answer.json["rows"])


def test_several_applications_of_one_person_are_one_pass(ours, owner):
    first = application()
    again = first | {"Dates de début d’embauche": "10/05/2026"}
    answer = send(ours.client, as_csv([again, first]))
    assert answer.status == 200 and summary(answer) == {"received": 2, "created": 1, "skipped": 1}, answer
    assert "ligne 2" in answer.json["rows"][0]["notes"][0]
    assert owner.execute("select last_hire_on::text from pass.pass where member_id = %s",
                         (ours.member["id"],)).fetchall() == [("2026-05-10",)]


def test_one_number_with_other_dates_is_refused_and_both_rows_are_named(ours):
    one = row()
    answer = send(ours.client, [one, row(), dict(one, ends_on="2027-06-30")], JSON, mode="per_row")
    assert summary(answer) == {"received": 3, "created": 1, "failed": 2}, answer
    refused = [line for line in answer.json["rows"] if line["status"] >= 400]
    assert [(line["row"], line["status"]) for line in refused] == [(1, 409), (3, 409)]
    assert all("1" in line["notes"][0] and "3" in line["notes"][0] for line in refused)


def test_an_end_beyond_730_days_is_said(ours):
    answer = send(ours.client, [row(ends_on="2027-06-30")], JSON)
    assert "150 jours" in answer.json["rows"][0]["notes"][0], answer


def test_an_open_ended_contract_may_last_its_ten_years(ours):
    """Worked example E28: the stock of December 2021 with a CDI inclusion of 3,650 days."""
    answer = send(ours.client, [row(starts_on="2021-12-01", ends_on="2033-11-27")], JSON)
    assert answer.status == 200 and ours.passes()[0][1:3] == ("2021-12-01", "2033-11-27"), answer


# --- others ---------------------------------------------------------------------------------------------------------
def test_a_row_of_another_structure_is_refused(ours):
    answer = send(ours.client, [record(data.siret()), record(ours.member["siret"])], JSON, mode="per_row")
    assert summary(answer) == {"received": 2, "created": 1, "failed": 1}
    assert answer.json["rows"][0]["errors"][0]["code"] == "pass-of-other-structure"


def test_the_number_of_another_structure_is_nobodys_business(ours, url, scratch, owner):
    """The person may have moved: both follow the PASS, neither learns of the other."""
    theirs, one = Structure(url, scratch, owner), row()
    assert send(theirs.client, [one], JSON).status == 200
    answer = send(ours.client, [one], JSON, on_conflict="fail")
    assert answer.status == 200 and summary(answer) == {"received": 1, "created": 1}, answer


def test_a_kind_that_the_structure_is_not(ours):
    problem = assert_problem(send(ours.client, [row(siae_kind="ETTI")], JSON), 422)
    assert problem["errors"][0]["code"] == "pass-kind-of-member"


def test_only_structures_import_passes(national, bretagne, partner, anonymous):
    for client, status in ((national, 403), (bretagne, 403), (partner, 403), (anonymous, 401)):
        assert_problem(send(client, [row()], JSON), status)


def test_the_run_is_the_structures_own(ours, national, bretagne, structure):
    answer = send(ours.client, [row(), row(starts_on="2025-02-30")], JSON, mode="per_row")
    target = answer.json["self"]
    own = ours.client.get(target)
    assert own.status == 200 and own.json["summary"] == answer.json["summary"]
    assert own.json["personal_columns"] == [] and own.json["ignored_columns"] == []
    for client in (national, bretagne, structure):
        assert_problem(client.get(target), 404)
        assert_problem(client.get(target + "/rejects"), 404)


# --- bad files ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("variant", ["bom", "comma", "tab", "lf", "no final newline", "blank line", "quoted"])
def test_dialects(ours, variant):
    lines = [application() for _ in range(3)]
    body = as_csv(lines, delimiter={"comma": ",", "tab": "\t"}.get(variant, ";"), bom=variant == "bom",
                  end="\n" if variant == "lf" else "\r\n")
    if variant == "no final newline":
        body = body.rstrip(b"\r\n")
    elif variant == "blank line":
        body += b"\r\n"
    elif variant == "quoted":
        body = body.replace(f"{CANARY} métier".encode(), f'"{CANARY}; ""métier""\r\nsuite"'.encode())
    answer = send(ours.client, body)
    assert answer.status == 200 and summary(answer) == {"received": 3, "created": 3}, answer


@pytest.mark.parametrize("what, body", [
    ("empty", b""), ("only a header", as_csv([application()]).split(b"\r\n")[0]),
    ("Windows-1252", as_csv([application()]).decode().replace("’", "'").encode("cp1252")),
    ("UTF-16", as_csv([application()]).decode().encode("utf-16")),
    ("a quote that never closes", b'number;starts_on;ends_on\r\n"XXXXX0000001;2025-01-01;2026-12-31\r\n'),
    ("no header", "\r\n".join(as_csv([application()]).decode().split("\r\n")[1:]).encode()),
    ("NUL", b"number;starts_on;ends_on\r\nXXXXX\x000001;2025-01-01;2026-12-31\r\n"),
])
def test_unreadable_files(ours, what, body):
    answer = send(ours.client, body)
    assert_problem(answer, (400, 422))
    assert not any(word in answer.text for word in CANARIES), (what, answer)
    assert ours.passes() == []


def test_a_missing_column_is_named(ours):
    problem = assert_problem(send(ours.client, as_csv([row()], ["number", "starts_on"])), 422)
    assert [fault["code"] for fault in problem["errors"]] == ["missing-column"]
    assert "ends_on" in json.dumps(problem["errors"])


def test_two_columns_that_mean_the_same(ours):
    body = as_csv([row() | {"Numéro PASS IAE": number()}])
    problem = assert_problem(send(ours.client, body), 422)
    assert problem["errors"][0]["code"] == "repeated-column"


@pytest.mark.parametrize("fields, pointer, value", [
    ({"starts_on": "30/02/2025"}, "/starts_on", "30/02/2025"), ({"ends_on": "2026-13-01"}, "/ends_on", "2026-13-01"),
    ({"starts_on": "01/02/25"}, "/starts_on", "01/02/25"), ({"starts_on": "infinity"}, "/starts_on", None),
    ({"starts_on": "now"}, "/starts_on", None), ({"starts_on": "45689"}, "/starts_on", None),
    ({"starts_on": f"{CANARY}"}, "/starts_on", None), ({"ends_on": "31/12/10000"}, "/ends_on", None),
    ({"birth_year": "07/06/1875"}, "/birth_year", None), ({"birth_year": CANARY}, "/birth_year", None),
    ({"number": "12345678901"}, "/number", None), ({"number": "1,23457E+11"}, "/number", None),
    ({"number": f"{CANARY}"}, "/number", None), ({"number": "XXXXX00000012"}, "/number", None),
    ({"siae_kind": CANARY}, "/siae_kind", None), ({"siret": "170067512345678"}, "/siret", None),
    ({"ends_on": "2025-01-31"}, "/ends_on", None), ({"ends_on": "2025-02-01"}, "/ends_on", None),
    ({"starts_on": "1999-01-01"}, "/ends_on", None), ({"ends_on": "2099-01-01"}, "/ends_on", None),
    ({"number": None}, "/number", None), ({"starts_on": None}, "/starts_on", None), ({"number": 12345}, "/number", None),
])
def test_a_bad_value_is_named_and_only_days_are_repeated(ours, fields, pointer, value):
    answer = send(ours.client, [row(**fields)], JSON)
    problem = assert_problem(answer, 422, "import-failed")
    assert [(fault["pointer"], fault["row"]) for fault in problem["errors"]] == [(pointer, 1)], problem
    assert problem["errors"][0].get("value") == value
    assert not any(word in answer.text for word in CANARIES) and ours.passes() == []


def test_a_number_that_lost_its_leading_zeros_is_refused(ours):
    """Spreadsheets read 012345678901 as a number."""
    answer = send(ours.client, as_csv([row(number="012345678901"), row(number="12345678902")]), mode="per_row")
    assert summary(answer) == {"received": 2, "created": 1, "failed": 1}
    assert ours.passes()[0][0] == "8901" and ours.passes()[0][5] == "PE_APPROVAL"


def test_ragged_rows(ours):
    body = as_csv([row(), row()]).rstrip(b"\r\n") + b";surplus\r\n"
    problem = assert_problem(send(ours.client, body), 422)
    assert [(fault["code"], fault["row"]) for fault in problem["errors"]] == [("cell-count", 2)]


def test_5000_rows_and_one_more(ours):
    rows = [row() for _ in range(5001)]
    assert_problem(send(ours.client, as_csv(rows)), 413, "too-many-rows")
    assert ours.passes() == []
    answer = send(ours.client, as_csv(rows[:5000]))
    assert answer.status == 200 and summary(answer) == {"received": 5000, "created": 5000}, answer


@pytest.mark.parametrize("body", [b"{", b'{"results": [', b'"text"', b"null", b"{}", b'[{"number": "a", "number": "b"}]',
                                  b'[{"number": "\\ud800"}]', b"[1e999]"])
def test_broken_documents(ours, body):
    assert_problem(send(ours.client, body, JSON), (400, 422))


@pytest.mark.parametrize("query", ["mode=both", "on_conflict=x", "dry_run=perhaps", "key=number", "max_removed=3"])
def test_bad_parameters(ours, query):
    name, _, value = query.partition("=")
    assert_problem(send(ours.client, [row()], JSON, **{name: value}), 400)


# --- nothing personal comes further than the door -------------------------------------------------------------------
def dump():
    command = ["pg_dump", "--data-only", "--enable-row-security", os.environ["MAILLAGE_DATABASE"]]
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout.decode("utf-8", "replace")


def test_no_canary_in_the_database_the_answers_or_the_logs(ours):
    """Every way in, accepted and refused: cells of people in their columns, and shifted into ours."""
    shifted = application(**{"Numéro PASS IAE": f"{CANARY} Jean", "Début PASS IAE": f"{CANARY}", "Type employeur": CANARY})
    headless = as_csv([application()], EXPORT).replace("Métiers".encode(), f"{CANARY} 170067512345678".encode())
    unknown = row(**{f"{CANARY}@exemple": "x", "naissance": f"{CANARY}", "nested": {"deep": {"nom": CANARY}}})
    sent = [
        (as_csv([application(), shifted]), CSV), (as_csv([shifted]), CSV), (headless, CSV),
        (as_csv([application()]).split(b"\r\n", 1)[1], CSV),
        ([record(ours.member["siret"]), record(ours.member["siret"], passDateDeb=CANARY, passIae="170067512345678")], JSON),
        ([record(data.siret())], JSON), ([unknown], JSON), ([CANARY, None, [CANARY]], JSON),
        (json.dumps(record(ours.member["siret"], passDateFin="07/06/1975x")).encode() + b"\n{" + CANARY.encode() + b"\n",
         NDJSON)]
    answers, numbers = [], set()
    for body, content_type in sent:
        for mode in ("atomic", "per_row"):
            for try_only in (True, False):
                answers.append(send(ours.client, body, content_type, mode=mode, dry_run=try_only))
    for answer in list(answers):
        assert answer.status in (200, 207, 400, 422), answer
        if answer.status == 207 and answer.json["rejects"]:
            for accept in (CSV, JSON, NDJSON):
                answers.append(ours.client.get(answer.json["rejects"], accept=accept))
            answers.append(ours.client.get(answer.json["self"]))
    assert ours.passes(), "some were stored"
    stored = dump()
    logs = "".join(path.read_text("utf-8", "replace")
                   for path in pathlib.Path(os.environ["MAILLAGE_RUN"]).glob("log/*.log"))
    assert f"{ours.member['id']}" in stored and "/v1/passes/imports" in logs, "both were really looked at"
    for word in CANARIES:
        assert word not in stored, word
        assert word not in logs, word
        assert not any(word in answer.text for answer in answers), word
    for body, _ in sent:
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else json.dumps(body)
        numbers |= {word.strip('";,') for word in text.replace(";", " ").split() if word.strip('";,').startswith("XXXXX")}
    assert numbers and not any(one in stored or one in logs for one in numbers), "numbers are kept as hashes only"
