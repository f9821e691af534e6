"""What the tests of vacation aid share: the convention of the worked examples, structures with a key, people, budgets."""
import datetime
import uuid

from . import data
from . import keys as keys_of
from .client import Client

TODAY = datetime.date.today()
PARAMETERS = {  # domain page, before example 37
    "quotient_ceiling_cents": 90000,
    "min_nights": 4,
    "max_nights": 21,
    "max_share_percent": 80,
    "max_cost_per_day_cents": 11000,
    "min_own_contribution_cents": 3000,
    "aids_per_person_year": 1,
    "notice_days": 60,
    "voucher_unit_cents": 1000,
    "other_funder_required": True,
    "report_days": 30,
}


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def summer(year):
    """A first of August that is far enough away for every notice."""
    return datetime.date(year, 8, 1)


NEXT = TODAY.year + 1
COSTS = {"TRANSPORT": 18000, "LODGING": 62000, "FOOD": 24000, "ACTIVITIES": 10000}
FUNDING = {"ANCV": 50000, "MEMBER_STRUCTURE": 15000, "CAF": 30000, "OWN_CONTRIBUTION": 19000}


def budget(costs=None, **funding):
    """Lines of example 37 (1 140 € on both sides) with other amounts where they are given."""
    rows = [{"side": "COST", "kind": kind, "planned_cents": cents} for kind, cents in (costs or COSTS).items()]
    for kind, cents in {**FUNDING, **funding}.items():
        if cents:
            rows.append({"side": "FUNDING", "kind": kind, "planned_cents": cents})
    return rows


def person(role="EMPLOYEE", household=1, quotient=60000, **fields):
    body = {
        "role": role,
        "household_no": household,
        "given_name": "Camille",
        "family_name": "Fictif" + uuid.uuid4().hex[:12],
        "birth_date": "1985-04-12",
        "family_quotient_cents": quotient,
    }
    body.update(fields)
    return {key: value for key, value in body.items() if value is not ...}


def family(size=4):
    roles = ["EMPLOYEE", "SPOUSE"] + ["CHILD"] * (size - 2)
    return [person(role) for role in roles[:size]]


class Vacations:
    """Conventions and projects of the tests, made over HTTP by the callers who may."""

    def __init__(self, national, scratch, url):
        self.national, self.scratch, self.url = national, scratch, url

    def convention(self, envelope_cents=3000000, warnings=(), quotas=(), year=NEXT, **parameters):
        body = {
            "year": year,
            "name": data.name("Convention"),
            "envelope_cents": envelope_cents,
            "opens_on": day(-30),
            "closes_on": day(300),
            "parameters": {**PARAMETERS, **parameters},
            "warning_rules": list(warnings),
            "quotas": list(quotas),
        }
        answer = self.national.post("/v1/vacation-conventions", body)
        assert answer.status == 201, answer
        return answer.json

    def structure(self, place=data.RENNES):
        """A member with the client of its own key."""
        made = self.scratch.create(place=place)
        return made["id"], Client(self.url, keys_of.create("STRUCTURE", data.name("Clé"), "--member", made["id"]), "structure")

    def body(self, convention, people=None, lines=None, departs_on=None, nights=7, **fields):
        start = departs_on or summer(NEXT)
        sent = {
            "convention_id": convention["id"],
            "stay_kind": "FAMILY",
            "departs_on": start.isoformat(),
            "returns_on": (start + datetime.timedelta(days=nights)).isoformat(),
            "place": "Concarneau",
            "beneficiaries": family() if people is None else people,
            "budget_lines": budget() if lines is None else lines,
        }
        sent.update(fields)
        return sent

    def project(self, client, convention, **fields):
        answer = client.post("/v1/vacation-projects", self.body(convention, **fields))
        assert answer.status == 201, answer
        return answer.json

    def submitted(self, client, convention, **fields):
        made = self.project(client, convention, **fields)
        answer = act(client, made, "submit")
        assert (answer.status, answer.json["state"]) == (200, "SUBMITTED"), answer
        return answer.json

    def approved(self, client, convention, **fields):
        answer = act(self.national, self.submitted(client, convention, **fields), "approve", {})
        assert (answer.status, answer.json["state"]) == (200, "APPROVED"), answer
        return answer.json

    def delivered(self, client, convention, **fields):
        made = self.approved(client, convention, **fields)
        for kind in ("ORDERED", "DELIVERED"):
            assert self.move(made, kind, made["granted_cents"]).status == 201
        return read(self.national, made)

    def move(self, project, kind, cents, **fields):
        return self.national.post(
            f"/v1/vacation-projects/{project['id']}/vouchers", {"kind": kind, "amount_cents": cents, **fields}
        )

    def left(self, convention):
        answer = self.national.get(f"/v1/vacation-conventions/{convention['id']}")
        assert answer.status == 200, answer
        found = answer.json
        assert found["left_cents"] == found["envelope_cents"] - found["granted_cents"] + found["returned_cents"] >= 0
        return found["left_cents"]


def read(client, project):
    answer = client.get(f"/v1/vacation-projects/{project['id']}")
    assert answer.status == 200, answer
    return answer.json


def act(client, project, action, body=None, etag=None):
    return client.post(
        f"/v1/vacation-projects/{project['id']}/{action}",
        body,
        key=None,
        headers={"If-Match": etag or f'"{project["version"]}"'},
    )


def checks(project):
    return {check["rule"]: check for check in project["checks"]}


def returned_days_ago(owner, project, days, nights=7):
    """As if time had passed: nobody waits for a stay in a test."""
    owner.execute(
        "update vacation.project set departs_on = current_date - %s - %s, returns_on = current_date - %s where id = %s",
        (days, nights, days, project["id"]),
    )


def report_body(costs=114000, people=4, **fields):
    """A report of example 37's budget whose lodging makes the difference."""
    actual = {**COSTS, "LODGING": COSTS["LODGING"] + costs - sum(COSTS.values())}
    lines = [{"side": "COST", "kind": kind, "actual_cents": cents} for kind, cents in actual.items()]
    lines += [{"side": "FUNDING", "kind": kind, "actual_cents": cents} for kind, cents in FUNDING.items()]
    return {"departed_people": people, "actual_nights": 7, "lines": lines, **fields}


def save_report(client, project, **fields):
    answer = client.request(
        "PUT",
        f"/v1/vacation-projects/{project['id']}/report",
        json=report_body(**fields),
        headers={"If-Match": f'"{project["version"]}"'},
    )
    assert answer.status == 200, answer
    return answer.json
