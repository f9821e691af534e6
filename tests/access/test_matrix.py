"""Who may do what, on whose data: every operation of the served contract × every kind of caller × {own, other structure of
the same region, other region, deleted, unknown id}. The expected statuses stand in expected.tsv; an operation without rows
there fails. What a caller may not see answers exactly what an id answers that nobody has."""
import collections
import csv
import datetime
import pathlib
import uuid

import campaign_places
import passes as passes_of
import pytest
import trainings
from support import data
from support import keys as keys_of
from support.client import Client
import vacation_world

THIS_YEAR = datetime.date.today().year  # members of today
ROLES = ("ANONYMOUS", "PARTNER", "STRUCTURE", "DELEGATION", "NATIONAL")
COLUMNS = ("own", "other_structure", "other_region", "deleted", "unknown")
TABLE = pathlib.Path(__file__).parent / "expected.tsv"


def read_table():
    with open(TABLE, encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return {(row["operation"], row["role"]): row for row in rows}


EXPECTED = read_table()
World = collections.namedtuple(
    "World",
    "clients member membership contact activity appointment directory group run key_target delegation passes calendar "
    "vacations "
    "campaigns",
)


@pytest.fixture(scope="module")
def world(url, anonymous, national, scratch, owner):
    """The same kinds of rows in five places: of the structure that calls, of a neighbour in its region, of another region,
    deleted, and nowhere. Own and other region agreed to be listed, the neighbour did not: a partner sees those two."""
    places = {"own": data.RENNES, "other_structure": data.RENNES, "other_region": data.LYON, "deleted": data.RENNES}
    member, membership, contact, activity = {}, {}, {}, {}
    for column, place in places.items():
        made = scratch.create(place=place, public_listing_consent=column != "other_structure")
        member[column] = made["id"]
        membership[column] = scratch.join(made, f"{THIS_YEAR}-01-01", f"{THIS_YEAR}-12-31")["id"]
        contact[column] = created(
            national, f"/v1/members/{made['id']}/contacts", {"given_name": "Camille", "family_name": "Essai"}
        )
        activity[column] = created(
            national, f"/v1/members/{made['id']}/activities", {"kind": "ACI", "starts_on": "2026-01-01"}
        )
    passes = passes_of.Passes(url, member)
    campaigns = campaign_places.Campaigns(owner, national, member, "own")
    owner.execute("update network.member set deleted_at = now() where id = %s", (member["deleted"],))
    regions = {"own": "53", "other_region": "84", "second": "52"}
    delegation = {column: delegation_of(national, region) for column, region in regions.items()}
    appointment = {
        column: created(national, "/v1/appointments", appointment_body(delegation[column]))
        for column in ("own", "other_region")
    }
    clients = {"ANONYMOUS": anonymous, "NATIONAL": national}
    for kind, options in (
        ("PARTNER", ()),
        ("STRUCTURE", ("--member", member["own"])),
        ("DELEGATION", ("--delegation", delegation["own"])),
    ):
        clients[kind] = Client(url, keys_of.create(kind, data.name("Matrice"), *options), kind.lower())
    foreign = Client(
        url, keys_of.create("DELEGATION", data.name("Matrice"), "--delegation", delegation["other_region"]), "foreign"
    )
    run = {"other_region": import_run(foreign, "DELEGATION")}
    directory = {column: created(national, "/v1/delegations", delegation_body()) for column in ("own", "other_region")}
    group = {"own": created(national, "/v1/groups", {"name": data.name("Groupe")})}
    nowhere = {column: str(uuid.uuid4()) for column in COLUMNS}
    return World(
        clients,
        *(
            {**nowhere, **part}
            for part in (member, membership, contact, activity, appointment, directory, group, run, {}, delegation)
        ),
        passes,
        {},
        vacation_world.VacationWorld(national, owner, member),
        campaigns,
    )


def created(client, target, body):
    answer = client.post(target, body)
    assert answer.status == 201, answer
    return answer.json["id"]


def delegation_of(client, region):
    rows = client.get(f"/v1/delegations?region={region}").json["data"]
    assert len(rows) == 1, rows
    return rows[0]["id"]


def delegation_body():
    return {
        "slug": "essai-" + uuid.uuid4().hex[:8],
        "name": data.name("Délégation"),
        "legal_form": "ANTENNA",
        "starts_on": "2099-01-01",
        "regions": [],
    }


def appointment_body(delegation):
    return {
        "nature": "EMPLOYMENT",
        "body": "DELEGATION_TEAM",
        "role": "PROJECT_OFFICER",
        "delegation_id": delegation,
        "starts_on": "2026-01-01",
        "given_name": "Camille",
        "family_name": data.name("Essai"),
    }


def import_run(client, role):
    """A run that stored nothing: each kind of caller imports what it may."""
    collection = "passes" if role == "STRUCTURE" else "members"
    answer = client.post(f"/v1/{collection}/imports?mode=per_row", [data.member(kind="NOTHING")])
    assert answer.status == 207, answer
    return answer.json["id"]


# --- a request of each kind ---------------------------------------------------------------------------------------
def capture(world, operation, role, column):
    """The id that stands in the path."""
    path = operation.path
    if campaign_places.concerns(operation):
        return world.campaigns.capture(operation, column, world.clients["STRUCTURE"])
    if any(part in path for part in passes_of.PATHS):
        return world.passes.capture(path, column)
    if "/vacation-" in path:
        return world.vacations.capture(operation, column) or str(uuid.uuid4())
    of_training = trainings.capture(world, operation, role, column)
    if of_training:
        return of_training
    if "/members/{id}" in path:
        return world.member[column]
    if "/memberships/{id}" in path:
        return world.membership[column]
    if "/contacts/{id}" in path:
        return world.contact[column]
    if "/appointments/{id}" in path:
        return world.appointment[column]
    if "/delegations/{id}" in path:
        return world.directory[column]
    if "/groups/{id}" in path:
        return world.group[column]
    if "/imports/{id}" in path:
        return (
            import_run(world.clients[role], role)
            if column == "own" and role in ("STRUCTURE", "DELEGATION", "NATIONAL")
            else world.run[column]
        )
    if "/problems/{code}" in path:
        return "not-found" if column == "own" else "no-such-problem-at-all"
    if "/calendar-links/{id}" in path:
        return calendar_link(world, role, column)
    if "/calendars/{secret}.ics" in path:
        return secret_of(world) if column == "own" else "A" * 43
    if "/api-keys/{id}" in path:
        return spare_key(world) if column == "own" else world.key_target[column]
    pytest.fail(f"write down what {path} means in tests/access/test_matrix.py")


def spare_key(world):
    label = data.name("Réserve")
    keys_of.create("PARTNER", label)
    for row in world.clients["NATIONAL"].walk("/v1/api-keys?limit=500"):
        if row["label"] == label:
            return row["id"]
    raise AssertionError("the new key is not listed")


def calendar_link(world, role, column):
    """A link of the calling structure's delegation is its own business; nobody but the federation sees another's."""
    owner = {"own": role if role in ("STRUCTURE", "DELEGATION", "NATIONAL") else "NATIONAL", "other_structure": "DELEGATION"}
    if column not in owner:
        return str(uuid.uuid4())
    if (owner[column], "link") not in world.calendar:
        world.calendar[owner[column], "link"] = created(world.clients[owner[column]], "/v1/calendar-links", calendar_body())
    return world.calendar[owner[column], "link"]


def secret_of(world):
    answer = world.clients["NATIONAL"].post("/v1/calendar-links", calendar_body())
    return answer.json["url"].rsplit("/", 1)[1].removesuffix(".ics")


def calendar_body():
    return {"kind": "MEMBERSHIPS", "label": data.name("Agenda")}


def place_of(column):
    return data.LYON if column == "other_region" else data.RENNES


_day = iter(range(1, 400))


def fresh_year():
    """Periods of this module never meet each other."""
    return 2100 + next(_day)


BODIES = {
    "createMember": lambda world, column: data.member(place_of(column)),
    "updateMember": lambda world, column: {"brand": data.name("Enseigne")},
    "importMembers": lambda world, column: [data.member(place_of(column))],
    "importPasses": lambda world, column: [
        {"number": "XXXXX2600001", "starts_on": "2025-03-01", "ends_on": "2027-02-28"}
    ],
    "addMembership": lambda world, column: {"starts_on": f"{(year := fresh_year())}-01-01", "ends_on": f"{year}-12-31"},
    "updateMembership": lambda world, column: {"decided_on": f"{THIS_YEAR - 1}-12-{next(_day) % 28 + 1:02d}"},
    "assignMemberDelegation": lambda world, column: {
        "delegation_id": world.delegation["second"],
        "starts_on": f"{(year := fresh_year())}-01-01",
        "ends_on": f"{year}-12-31",
        "is_primary": False,
        "reason": "Essai",
    },
    "addMemberActivity": lambda world, column: {
        "kind": "EI",
        "starts_on": f"{(year := fresh_year())}-01-01",
        "ends_on": f"{year}-12-31",
    },
    "addMemberContact": lambda world, column: {"given_name": "Dominique", "family_name": "Essai"},
    "updateContact": lambda world, column: {"role": data.name("Fonction")},
    "createAppointment": lambda world, column: appointment_body(
        world.delegation["own" if column != "other_region" else column]
    ),
    "updateAppointment": lambda world, column: {"ends_on": f"2030-01-{next(_day) % 28 + 1:02d}"},
    "createDelegation": lambda world, column: delegation_body(),
    "updateDelegation": lambda world, column: {"phone": f"+3329900{next(_day):04d}"},
    "createGroup": lambda world, column: {"name": data.name("Groupe")},
    "updateGroup": lambda world, column: {"description": data.name("Texte")},
    "calculatePass": lambda world, column: {"starts_on": "2025-01-01"},
    "checkIdentifier": lambda world, column: {"kind": "SIREN", "value": "732829320"},
    "revokeApiKey": None,
    **{name: lambda world, column, body=body: body() for name, body in passes_of.BODIES.items()},
    "signIn": lambda world, column: {"key": world.clients["NATIONAL"].key},
    **{name: lambda world, column, body=body: body(world.campaigns, column) for name, body in campaign_places.BODIES.items()},
    **dict.fromkeys(campaign_places.ACTIONS),
    "createCalendarLink": lambda world, column: calendar_body(),
    "revokeCalendarLink": None,
    **vacation_world.BODIES,
    **trainings.BODIES,
}


def send(world, contract, operation, role, column, samples):
    target = operation.path
    for name in operation.captures:
        target = target.replace("{" + name + "}", capture(world, operation, role, column))
    query = [
        f"{parameter['name']}={samples.value(parameter)}"
        for parameter in operation.query_parameters()
        if parameter.get("required")
    ]
    client, headers, body = world.clients[role], {}, None
    if operation.request_types or operation.method in ("POST", "PATCH", "PUT"):
        if operation.id not in BODIES:
            pytest.fail(f"write down a body for {operation.id} in tests/access/test_matrix.py")
        body = BODIES[operation.id] and BODIES[operation.id](world, column)
    if operation.needs_if_match:
        headers["If-Match"] = current_etag(world, contract, operation, target, column)
    if operation.needs_idempotency_key:
        headers["Idempotency-Key"] = str(uuid.uuid4())
    return client.request(
        operation.method, target + ("?" + "&".join(query) if query else ""), json=body, headers=headers
    )


def current_etag(world, contract, operation, target, column):
    if campaign_places.concerns(operation):
        return world.campaigns.etag(contract, operation, target, world.clients)
    if passes_of.concerns(operation):
        return world.passes.etag(target.rsplit("/", 1)[0] if operation.method == "POST" else target, column)
    reader = operation.definition.get("x-reader")  # …/{id}/open changes …/{id}
    depth = (contract.find(reader) if reader else operation).path.count("/")
    record = "/".join(target.split("/")[: depth + 1])
    now = world.clients["NATIONAL"].get(record, record=False)
    return now.etag if now.status == 200 else '"1"'


def statuses(operation, cell):
    if cell == "ok":
        return {int(status) for status in operation.definition["responses"] if status.startswith("2")}
    return {int(part) for part in cell.split("/")}


def comparable(answer):
    """All that a caller could tell two refusals apart by."""
    body = {key: value for key, value in answer.json.items() if key not in ("request_id", "instance")}
    headers = sorted(
        (name.lower(), value)
        for name, value in answer.headers
        if name.lower() not in ("x-request-id", "date", "content-length")
    )
    return answer.status, body, headers


# --- the tests ----------------------------------------------------------------------------------------------------
def test_every_operation_has_its_rows(contract):
    wanted = {(operation.id, role) for operation in contract.operations for role in ROLES}
    assert sorted(wanted - set(EXPECTED)) == [], "operations without a row in tests/access/expected.tsv"
    assert sorted(set(EXPECTED) - wanted) == [], "rows of operations that do not exist"


@pytest.fixture(scope="module")
def samples(national, scratch, contract):
    from support.samples import Samples

    return Samples(national, contract)


@pytest.mark.parametrize("operation_id, role", sorted(EXPECTED), ids=lambda value: value)
def test_matrix(world, contract, samples, operation_id, role):
    operation, row, answers, wrong = contract.find(operation_id), EXPECTED[operation_id, role], {}, []
    for column in COLUMNS:
        if row[column] == "-":
            continue
        answers[column] = send(world, contract, operation, role, column, samples)
        if answers[column].status not in statuses(operation, row[column]):
            wrong.append(f"{column}: {answers[column].status} instead of {row[column]}: {answers[column].body[:300]!r}")
    assert wrong == [], "\n".join(wrong)
    if "unknown" in answers and answers["unknown"].status == 404:
        for column, answer in answers.items():
            if answer.status == 404:
                assert comparable(answer) == comparable(answers["unknown"]), f"{column} can be told from an unknown id"
