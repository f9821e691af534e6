"""Vacation projects of the demonstration: the year 2023 with exactly the printed figures, and a live year, placed around
the day of loading, with projects in every state. People are invented, identifiers stand in no register.

79 projects of 14 structures: 73 granted with 159 people = 25 single adults (8 of them on one group stay with its 2
accompanying staff) + 132 people in 55 families; 6 refused. The split of granted and refused is invented, as are all dates
and amounts."""

import dataclasses
import datetime

import invent

STRUCTURES = 14
EXAMINED, REFUSED = 79, 6
FAMILY_SIZES = [2] * 40 + [3] * 8 + [4] * 7
GROUP_SINGLES, SINGLES, STAFF = 8, 25, 2
PLACES = ["Concarneau", "Saint-Malo", "La Baule", "Royan", "Biscarrosse", "Argelès-sur-Mer", "Hyères", "Annecy", "Gérardmer",
          "Le Touquet", "Étretat", "Sarlat", "Aubenas", "Saint-Gilles-les-Bains"]
# Live year: state, how many, days from the loading to the departure, days from the submission to the departure.
LIVE = [("DRAFT", 4, 95, None), ("SUBMITTED", 5, 90, 97), ("UNDER_REVIEW", 4, 85, 100), ("CORRECTION_REQUESTED", 2, 80, 101),
        ("APPROVED", 6, 60, 105), ("REFUSED", 3, 70, 95), ("WAITLISTED_BUDGET", 3, 75, 104), ("VOUCHERS_ORDERED", 3, 35, 95),
        ("DELIVERED", 3, 12, 90), ("STAY_DONE", 2, -3, 92), ("REPORT_DUE", 3, -15, 98), ("REPORT_LATE", 1, -55, 100),
        ("REPORTED", 2, -30, 96), ("CLOSED", 12, -85, 96), ("CANCELLED", 2, 40, 91)]
GRANTED = {"APPROVED", "VOUCHERS_ORDERED", "DELIVERED", "STAY_DONE", "REPORT_DUE", "REPORT_LATE", "REPORTED", "CLOSED"}
DELIVERED = {"DELIVERED", "STAY_DONE", "REPORT_DUE", "REPORT_LATE", "REPORTED", "CLOSED"}
REASONS = {"REFUSED": "Le séjour a déjà une aide d'un autre programme.", "CANCELLED": "La famille renonce au séjour.",
           "CORRECTION_REQUESTED": "Le devis de l'hébergement manque."}


@dataclasses.dataclass
class Person:
    role: str
    household: int
    given_name: str
    family_name: str
    birth_date: datetime.date
    quotient: int | None


@dataclasses.dataclass
class Project:
    number: int
    year: int | None                  # None: the live year
    member: object | None             # None: the structure whose key the demonstration hands out
    state: str
    stay_kind: str
    departs: object                   # a date, or days from the loading
    nights: int
    notice: int | None
    place: str
    people: list
    lines: list = dataclasses.field(default_factory=list)     # side, kind, planned, actual

    @property
    def requested(self):
        return sum(planned for side, kind, planned, _ in self.lines if (side, kind) == ("FUNDING", "ANCV"))

    @property
    def granted(self):
        return self.requested if self.state in GRANTED else None


class Vacations:
    def __init__(self, random, members):
        self.random, self.projects, self.people_of = random, [], {}
        self.structures = self.choose(members)
        self.year_2023()
        self.live_year()
        self.check()

    def choose(self, members):
        """Structures that were and still are members, spread over the regions, one of them an EBE."""
        day = datetime.date(2023, 3, 1)
        around = [m for m in members if m.active_on(day) and m.last_day is None and not m.named
                  and m.kind in ("AI", "ACI", "EI", "EBE")]
        chosen, regions = [], {}
        for member in self.random.sample(around, len(around)):
            if regions.get(member.region, 0) < 2 and (member.kind != "EBE" or "EBE" not in [m.kind for m in chosen]):
                chosen.append(member)
                regions[member.region] = regions.get(member.region, 0) + 1
        chosen.sort(key=lambda m: m.kind != "EBE")
        return chosen[:STRUCTURES]

    # People

    def person(self, role, household, quotient=True):
        given, family = invent.person_name(self.random)
        age = self.random.randint(3, 15) if role == "CHILD" else self.random.randint(22, 58)
        born = datetime.date(2023 - age, self.random.randint(1, 12), self.random.randint(1, 28))
        return Person(role, household, given, family, born, self.random.randint(12000, 89000) if quotient else None)

    def household(self, size, number, member):
        adult = "FORMER_UNEMPLOYED_EBE" if member is not None and member.kind == "EBE" else "EMPLOYEE"
        roles = [adult] if size == 1 else [adult, self.random.choice(["SPOUSE", "CHILD"])] + ["CHILD"] * (size - 2)
        people = [self.person(role, number) for role in roles]
        for person in people[1:]:
            person.family_name, person.quotient = people[0].family_name, people[0].quotient
        return people

    # Budgets: both sides equal to the cent, the aid a multiple of 10 €

    def budget(self, people, nights, actual_share=None):
        costs = {"TRANSPORT": people * 4500, "LODGING": nights * (3500 + people * 1200), "FOOD": people * (nights + 1) * 700,
                 "ACTIVITIES": people * 2500}
        total = sum(costs.values())
        aid = total * self.random.randint(38, 55) // 100 // 1000 * 1000
        own, caf = max(3000, total * 12 // 100), total * 18 // 100
        funding = {"ANCV": aid, "CAF": caf, "OWN_CONTRIBUTION": own, "MEMBER_STRUCTURE": total - aid - own - caf}

        def actual(cents, side):
            return None if actual_share is None else cents * actual_share // 100 if side == "COST" else cents

        return [(side, kind, cents, actual(cents, side)) for side, part in (("COST", costs), ("FUNDING", funding))
                for kind, cents in part.items()]

    def add(self, year, member, state, stay_kind, departs, nights, notice, people):
        reported = state in ("CLOSED", "REPORTED")
        project = Project(len(self.projects), year, member, state, stay_kind, departs, nights, notice,
                          self.random.choice(PLACES), people)
        project.lines = self.budget(len(people), nights, self.random.choice([100, 100, 97, 94]) if reported else None)
        self.projects.append(project)

    # Years

    def year_2023(self):
        group = [person for number in range(GROUP_SINGLES) for person in self.household(1, number + 1, self.structures[1])]
        group += [self.person("ACCOMPANYING_STAFF", 1, quotient=False) for _ in range(STAFF)]
        parties = [("GROUP", group)] + [("INDIVIDUAL", 1)] * (SINGLES - GROUP_SINGLES) + [("FAMILY", size) for size in FAMILY_SIZES]
        parties += [("FAMILY", 3)] * REFUSED
        for number, (kind, party) in enumerate(parties):
            member = self.structures[(number + 1) % STRUCTURES]
            people = party if isinstance(party, list) else self.household(party, 1, member)
            departs = datetime.date(2023, 4, 1) + datetime.timedelta(days=self.random.choice(
                [self.random.randint(0, 240), self.random.randint(95, 150)]))
            state = "REFUSED" if number >= len(parties) - REFUSED else "CLOSED"
            self.add(2023, member, state, kind, departs, self.random.choice([4, 5, 6, 7, 7, 7, 10, 14]),
                     self.random.randint(62, 110), people)

    def live_year(self):
        turn = 0
        for state, count, departs, notice in LIVE:
            for place in range(count):
                # the structure of the demonstration key has one of each, but nothing late: it may go on submitting
                member = None if place == 0 and state != "REPORT_LATE" else self.structures[turn % STRUCTURES]
                turn += 1
                kind, size = self.random.choice([("FAMILY", 2), ("FAMILY", 3), ("FAMILY", 4), ("INDIVIDUAL", 1)])
                self.add(None, member, state, kind, departs + place % 3, 7, notice, self.household(size, 1, member))
        # somebody of 2023 comes back: the count of earlier aids shows it
        former = next(p for p in self.projects if p.year == 2023 and p.stay_kind == "INDIVIDUAL").people[0]
        latter = next(p for p in self.projects if p.year is None and p.state == "SUBMITTED").people[0]
        latter.given_name, latter.family_name, latter.birth_date = former.given_name, former.family_name, former.birth_date

    def envelope(self, year):
        """The live one has 300 € left: not enough for those who wait."""
        granted = sum(p.granted or 0 for p in self.projects if p.year == year)
        returned = sum(returns(p) for p in self.projects if p.year == year)
        return granted - returned + 30000 if year is None else (granted // 1000000 + 1) * 1000000

    def check(self):
        past = [p for p in self.projects if p.year == 2023]
        people = [person for p in past if p.granted for person in p.people]
        assert len(past) == EXAMINED and len(people) == 159 and len({p.member.number for p in past if p.granted}) == STRUCTURES
        assert sum(person.role == "ACCOMPANYING_STAFF" for person in people) == STAFF
        for project in self.projects:
            costs, funding = (sum(line[2] for line in project.lines if line[0] == side) for side in ("COST", "FUNDING"))
            assert costs == funding and project.requested % 1000 == 0 and project.requested * 100 <= costs * 80
            assert all(line[2] >= 0 for line in project.lines)
            assert costs <= 11000 * len(project.people) * (project.nights + 1)
        waiting = [p.requested for p in self.projects if p.state == "WAITLISTED_BUDGET"]
        assert waiting and min(waiting) > 0


def returns(project):
    """Vouchers that came back after a report: the unspent proportion in whole vouchers, as the convention says."""
    if project.state != "CLOSED":
        return 0
    planned = sum(line[2] for line in project.lines if line[0] == "COST")
    actual = sum(line[3] for line in project.lines if line[0] == "COST")
    return project.granted * (planned - actual) // planned // 1000 * 1000
