"""Vacation projects of the access matrix: a fresh one for each request, of the structure that the column means, in the state
that the operation starts from."""
import itertools

from support import data, vacation
from support.vacation import Vacations, act, report_body

STARTS_FROM = {
    "startVacationReview": "submitted",
    "requestVacationCorrection": "submitted",
    "approveVacationProject": "submitted",
    "refuseVacationProject": "submitted",
    "reopenVacationProject": "refused",
    "addVacationVoucherMove": "approved",
    "markVacationDeparted": "delivered",
    "closeVacationProject": "reported",
    "getVacationReport": "reported",
    "saveVacationReport": "returned",
}

_year = itertools.count(2101)

BODIES = {
    "createVacationConvention": lambda world, column: {
        "year": next(_year),
        "name": data.name("Convention"),
        "envelope_cents": 100000,
        "opens_on": "2100-01-01",
        "closes_on": "2100-12-31",
    },
    "updateVacationConvention": lambda world, column: {"note": data.name("Texte")},
    "createVacationProject": lambda world, column: {
        "convention_id": world.vacations.convention["id"],
        "member_id": world.member[column],
        "stay_kind": "FAMILY",
    },
    "updateVacationProject": lambda world, column: {"place": data.name("Lieu")},
    "submitVacationProject": None,
    "startVacationReview": None,
    "requestVacationCorrection": lambda world, column: {"reason": "Essai"},
    "approveVacationProject": lambda world, column: {},
    "refuseVacationProject": lambda world, column: {"reason": "Essai"},
    "reopenVacationProject": lambda world, column: {"reason": "Essai"},
    "cancelVacationProject": lambda world, column: {"reason": "Essai"},
    "markVacationDeparted": None,
    "closeVacationProject": lambda world, column: {},
    "saveVacationReport": lambda world, column: report_body(),
    "addVacationVoucherMove": lambda world, column: {"kind": "ORDERED", "amount_cents": 50000},
    "addVacationBeneficiary": lambda world, column: {"role": "CHILD"},
    "updateVacationBeneficiary": lambda world, column: {"family_quotient_cents": 51200},
    "removeVacationBeneficiary": None,
    "addVacationBudgetLine": lambda world, column: {"side": "COST", "kind": "OTHER", "planned_cents": 1000},
    "updateVacationBudgetLine": lambda world, column: {"planned_cents": 1000},
    "removeVacationBudgetLine": None,
}


class VacationWorld:
    def __init__(self, national, owner, members):
        self.national, self.owner, self.members = national, owner, members
        self.vacations = Vacations(national, None, None)
        self.convention = self.vacations.convention(1000000000, report_days=365, return_rule="NONE")

    def capture(self, operation, column):
        """The id in the path; None where the column has no structure."""
        if "/vacation-conventions/" in operation.path:
            return self.convention["id"] if column == "own" else None
        if column not in ("own", "other_structure", "other_region"):
            return None
        project = self.project(self.members[column], STARTS_FROM.get(operation.id, "draft"))
        for parts, name in (("vacation-beneficiaries", "beneficiaries"), ("vacation-budget-lines", "budget-lines")):
            if f"/{parts}/" in operation.path:
                return self.national.get(f"/v1/vacation-projects/{project['id']}/{name}").json["data"][0]["id"]
        return project["id"]

    def project(self, member, state):
        if state == "draft":
            return self.vacations.project(self.national, self.convention, member_id=member)
        if state in ("submitted", "refused"):
            made = self.vacations.submitted(self.national, self.convention, member_id=member)
            return act(self.national, made, "refuse", {"reason": "Essai"}).json if state == "refused" else made
        if state == "approved":
            return self.vacations.approved(self.national, self.convention, member_id=member)
        made = self.vacations.delivered(self.national, self.convention, member_id=member)
        vacation.returned_days_ago(self.owner, made, -3 if state == "delivered" else 3)
        if state == "reported":
            now = vacation.read(self.national, made)
            vacation.save_report(self.national, now)
        return made
