"""Invented people with the mandates and posts that the reports count; contacts of the members."""

import dataclasses
import datetime

import facts
import invent

TERM_2022 = datetime.date(2022, 6, 23)   # congress of 2022
TERM_2012 = (datetime.date(2012, 6, 20), datetime.date(2014, 6, 18))
COMMISSIONS = ["Commission formation", "Commission juridique", "Commission qualité", "Commission territoires",
               "Commission métiers", "Commission finances", "Réforme de l'organisation"]


@dataclasses.dataclass
class Person:
    number: int
    given_name: str
    family_name: str

    @property
    def email(self):
        return f"{invent.plain(self.given_name)}.{invent.plain(self.family_name)}.{self.number}@exemple.invalid"


@dataclasses.dataclass
class Appointment:
    person: Person
    body: str
    role: str
    starts_on: datetime.date
    ends_on: datetime.date | None = None
    delegation: str | None = None
    label: str | None = None
    unit: str | None = None
    full_time_percent: int | None = None
    college: str | None = None
    elected_on: datetime.date | None = None

    @property
    def nature(self):
        """Posts are held by employees; the elected president listed with a team is not one."""
        staff = self.body in ("NATIONAL_TEAM", "DELEGATION_TEAM") and self.role != "ELECTED_PRESIDENT"
        return "EMPLOYMENT" if staff else "MANDATE"


class People:
    def __init__(self, random):
        self.random, self.people, self.appointments = random, [], []
        representatives = self.delegations()
        team = self.national_team()
        self.bodies_2024(representatives, team)
        self.board_2012()
        self.check()

    def person(self):
        person = Person(len(self.people), *invent.person_name(self.random))
        self.people.append(person)
        return person

    def appoint(self, person, body, role, starts_on=TERM_2022, **more):
        appointment = Appointment(person, body, role, starts_on, **more)
        if appointment.nature == "EMPLOYMENT":
            appointment.full_time_percent = self.random.choice([100, 100, 100, 80, 50])
        elif body != "COMMISSION":
            appointment.elected_on = starts_on
        self.appointments.append(appointment)

    def hired_on(self):
        return datetime.date(self.random.randint(2008, 2023), self.random.randint(1, 12), 1)

    def delegations(self):
        representatives = []
        for slug, _, _, count, staff, _ in facts.DELEGATIONS:
            team = []
            for role, number in staff.items():
                for _ in range(number):
                    person = self.person()
                    self.appoint(person, "DELEGATION_TEAM", role, self.hired_on(), delegation=slug)
                    team.append(person)
            if slug == "ocean-indien":
                # Printed: the elected president and the delegate are listed in the team and are the representatives.
                president = self.person()
                self.appoint(president, "DELEGATION_TEAM", "ELECTED_PRESIDENT", delegation=slug)
                chosen = [president] + team
            else:
                chosen = [self.person() for _ in range(count)]
            for person in chosen:
                self.appoint(person, "DELEGATION_REPRESENTATIVES", "REPRESENTATIVE", delegation=slug)
            representatives += chosen
        return representatives

    def national_team(self):
        team = []
        for unit, count in facts.NATIONAL_TEAM_2024:
            for position in range(count):
                person = self.person()
                role = "TRANSITION_MANAGER" if unit == "TRANSITION_MANAGEMENT" else \
                    "MANAGER" if position == 0 else "PROJECT_OFFICER"
                self.appoint(person, "NATIONAL_TEAM", role, self.hired_on(), unit=unit)
                team.append(person)
        return team

    def bodies_2024(self, representatives, team):
        """Bureau, orientation committee, employee college. Four of the bureau represent a delegation too."""
        bureau = self.random.sample(representatives[:-2], 4) + [self.person() for _ in range(facts.BUREAU_2024 - 4)]
        roles = ["PRESIDENT", "VICE_PRESIDENT", "VICE_PRESIDENT", "SECRETARY", "TREASURER", "MEMBER", "MEMBER"]
        for person, role, commission in zip(bureau, roles, COMMISSIONS):
            self.appoint(person, "BUREAU", role)
            self.appoint(person, "COMMISSION", "PILOT", label=commission)
        for _ in range(facts.ORIENTATION_COMMITTEE_2024):
            self.appoint(self.person(), "ORIENTATION_COMMITTEE", "MEMBER")
        for person in self.random.sample(team[1:], facts.EMPLOYEE_COLLEGE_2024):
            self.appoint(person, "EMPLOYEE_COLLEGE", "MEMBER", college="EMPLOYEES")

    def board_2012(self):
        for college, seats in facts.BOARD_2012.items():
            for seat in range(seats):
                person = self.person()
                term = {"starts_on": TERM_2012[0], "ends_on": TERM_2012[1], "college": college}
                self.appoint(person, "BOARD", "MEMBER", **term)
                if seat < facts.BUREAU_2012[college]:
                    role = "PRESIDENT" if college == "REGIONS" and seat == 0 else "MEMBER"
                    self.appoint(person, "BUREAU", role, **term)

    def check(self):
        def count(body, day=datetime.date(2024, 5, 15)):
            return sum(a.body == body and a.starts_on <= day and (a.ends_on is None or day <= a.ends_on)
                       for a in self.appointments)
        assert count("DELEGATION_REPRESENTATIVES") == 27 and count("DELEGATION_TEAM") == 27
        assert count("NATIONAL_TEAM") == 22 and count("BUREAU") == 7
        assert count("BOARD", datetime.date(2012, 12, 31)) == 23 and count("BUREAU", datetime.date(2012, 12, 31)) == 7
