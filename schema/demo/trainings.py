"""Invented trainings whose totals are the printed ones of 2012 and 2023 (facts below), and the week of talks of
November 2023. Everything else is invented; check() holds for every seed."""

import dataclasses
import datetime

DAY = datetime.timedelta(days=1)
PRINTED = {2012: {"sessions": 158, "people": 925, "days": 458},
           2023: {"sessions": 190, "people": 1289, "INTRA": 42, "INTER": 129, "SERVICE": 19, "answers": 900, "satisfied": 837}}
COURSES, NEW_2012, NEW_2011 = 60, 13, 12     # 25 new ones over two years
TALKS, TALK_MINUTES, VIEWERS, VIEWED_MINUTES = 15, 78, 200, 36450    # 19 h 30 of talks, 607 h 30 viewed

SUBJECTS = """Accompagner un parcours;Accueillir un nouveau salarié;Animer une équipe;Prévenir les risques;Conduire un entretien;
Construire un plan de formation;Piloter une association;Lire un budget;Répondre à un marché public;Vendre une mise à disposition;
Négocier avec un client;Évaluer des compétences;Former au poste de travail;Mobiliser un partenaire;Animer une réunion""".replace("\n", "").split(";")
ANGLES = ["les bases", "perfectionnement", "cas difficiles", "outils numériques"]
NSF = ["332", "315", "310", "333", "413", "344", "312"]


@dataclasses.dataclass
class Course:
    number: int
    title: str
    starts_on: datetime.date
    ends_on: datetime.date | None
    nsf: str
    objective: str = "OTHER"

    @property
    def code(self):
        return f"F{self.number:03d}"

    @property
    def published(self):
        return self.ends_on is None


@dataclasses.dataclass
class Session:
    key: str
    course: Course
    kind: str
    days: list
    trainer: str
    people: list = dataclasses.field(default_factory=list)   # (person key, member, type, funding, state, answers)
    client: object = None
    capacity: int = 12


class Trainings:
    def __init__(self, random, members):
        self.random, self.members = random, [m for m in members if not m.named]
        self.trainers = [(f"A{n:02d}", "EXTERNAL" if n > 2 else "INTERNAL", datetime.date(2008, 1, 1), datetime.date(2015, 12, 31))
                         for n in range(1, 21)]
        self.trainers += [(f"F{n:02d}", "EXTERNAL" if n > 2 else "INTERNAL", datetime.date(2019, 1, 1), None) for n in range(1, 40)]
        self.experts = [(f"X{n:02d}", "EXTERNAL", datetime.date(2023, 11, 1), datetime.date(2023, 11, 30)) for n in range(1, 16)]
        self.courses = self.catalogue()
        self.busy = set()
        self.sessions = self.year_2012() + self.year_2023()
        self.check()

    # --- catalogue ---

    def catalogue(self):
        courses = []
        titles = [f"{subject} : {angle}" for angle in ANGLES for subject in SUBJECTS]
        for number, title in enumerate(titles, 1):
            first = 2012 if number <= NEW_2012 else 2011 if number <= NEW_2012 + NEW_2011 else self.random.randint(2006, 2010)
            stays = number % 2 == 0
            courses.append(Course(number, title, datetime.date(first, self.random.randint(1, 12), 1),
                                  None if stays else datetime.date(self.random.randint(2014, 2021), 12, 31),
                                  self.random.choice(NSF)))
        for number in range(61, 73):
            first = datetime.date(2022 + number % 2, 1 + number % 12, 1)
            courses.append(Course(number, f"Pack métier {number - 60} : tutorat et transmission", first, None, self.random.choice(NSF)))
        certifying = Course(73, "Encadrant technique en Guyane : titre de formateur", datetime.date(2023, 3, 1), None, "333", "RNCP_4")
        assert len(courses) == COURSES + 12
        return courses + [certifying]

    def offered(self, year):
        return [c for c in self.courses if c.starts_on.year <= year and (c.ends_on is None or c.ends_on.year > year)]

    # --- years ---

    def free_days(self, year, count, trainer):
        """That many working days in a row on which the trainer is free."""
        while True:
            day = datetime.date(year, 1, 9) + self.random.randrange(330) * DAY
            days = [day + n * DAY for n in range(count)]
            if all(d.weekday() < 5 and d.year == year and (trainer, d) not in self.busy for d in days):
                self.busy.update((trainer, d) for d in days)
                return days

    def session(self, year, number, kind, count, trainer, size):
        days = self.free_days(year, count, trainer)
        active = [m for m in self.random.sample(self.members, 60) if m.active_on(days[0])]
        course = self.random.choice([c for c in self.offered(year) if c.starts_on <= days[0]] or self.offered(year))
        session = Session(f"{year}-{number}", course, kind, days, trainer, client=active[0] if kind in ("INTRA", "SERVICE") else None,
                          capacity=max(12, size))
        for place in range(size):
            member = session.client or active[place % 4]
            kind_of = "OTHER" if self.random.random() < 0.08 else "EMPLOYEE"
            state = "PARTIAL" if count * 2 > 2 and self.random.random() < 0.06 else "ATTENDED"
            session.people.append([f"{year}/{number}/{place}", member, kind_of, self.random.choice(["2H", "2H", "2H", "1", "11"]), state, None])
        return session

    @staticmethod
    def shares(total, parts):
        return [total // parts + (n < total % parts) for n in range(parts)]

    def spread(self, values, least):
        """The same sum, less even."""
        for _ in range(len(values)):
            one, other = self.random.sample(range(len(values)), 2)
            if values[one] > least and values[other] < 12:
                values[one], values[other] = values[one] - 1, values[other] + 1
        return values

    def year_2012(self):
        printed = PRINTED[2012]
        days = self.shares(printed["days"], printed["sessions"])
        sizes = self.spread(self.shares(printed["people"], printed["sessions"]), 2)
        self.random.shuffle(days)
        return [self.session(2012, n, "INTRA" if n % 3 == 0 else "INTER", days[n], f"A{n % 20 + 1:02d}", sizes[n])
                for n in range(printed["sessions"])]

    def year_2023(self):
        printed = PRINTED[2023]
        kinds = [kind for kind in ("INTER", "INTRA", "SERVICE") for _ in range(printed[kind])]
        sizes = self.spread(self.shares(printed["people"], printed["sessions"]), 2)
        sessions = [self.session(2023, n, kinds[n], 1 + n % 2, f"F{n % 39 + 1:02d}", sizes[n]) for n in range(printed["sessions"])]
        people = [person for session in sessions for person in session.people]
        answering = self.random.sample(people, printed["answers"])
        for place, person in enumerate(answering):
            person[5] = self.random.choice([4, 5, 5]) if place < printed["satisfied"] else self.random.choice([2, 3, 3])
        return sessions

    def viewings(self):
        """(talk, viewer, minutes): every viewer at least once, all minutes together as printed."""
        whole, rest = divmod(VIEWED_MINUTES, TALK_MINUTES)
        pairs = {(n % TALKS, n) for n in range(VIEWERS)}
        while len(pairs) < whole + 1:
            pairs.add((self.random.randrange(TALKS), self.random.randrange(VIEWERS)))
        ordered = sorted(pairs)
        return [(talk, viewer, rest if place == 0 else TALK_MINUTES) for place, (talk, viewer) in enumerate(ordered)]

    def check(self):
        for year, printed in PRINTED.items():
            held = [s for s in self.sessions if s.days[0].year == year]
            assert len(held) == printed["sessions"]
            assert len({p[0] for s in held for p in s.people}) == printed["people"]
            if "days" in printed:
                assert sum(len(s.days) for s in held) == printed["days"]
            for kind in ("INTER", "INTRA", "SERVICE"):
                assert kind not in printed or sum(s.kind == kind for s in held) == printed[kind]
        assert {s.trainer for s in self.sessions if s.days[0].year == 2023} == {t[0] for t in self.trainers[20:]}
        assert len(self.offered(2012)) == COURSES
        assert sum(c.starts_on.year == 2012 for c in self.courses) == NEW_2012
        assert sum(c.starts_on.year in (2011, 2012) for c in self.courses) == NEW_2012 + NEW_2011
