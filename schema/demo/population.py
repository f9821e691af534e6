"""Members with their periods: invented lives whose stocks are the printed ones at the end of 2012, in January 2022
and in December 2023, and whose new members of 2023 are the 23 printed by name.

Dates are inclusive, as everywhere. To keep the printed totals true on every day of January 2022 and December 2023,
nobody joins or leaves within those months.
"""

import dataclasses
import datetime

import facts
import invent

MAP_CHANGE = datetime.date(2016, 1, 1)
DAY = datetime.timedelta(days=1)
BOARD_DAYS = [(1, 24), (3, 14), (5, 23), (7, 4), (9, 26), (11, 14)]  # days on which the board admits members
FIRST_YEAR = {"AI": 1987, "ACI": 2005, "EI": 1990, "ETTI": 1993, "GES": 1995, "PROXIM": 1996, "OSP": 1998,
              "OF": 1995, "OTHER": 1991}
SEAT = {"Association Intermédiaire d'Antony": "92002", "Intervalle 92": "92050",
        "Association Travail Partage 62": "62041"}
REGION_SEAT = {"11": "75056", "76": "31555", "32": "59350", "75": "33063", "84": "69123", "94": "2A004",
               "03": "97302", "04": "97411"}
NAMED_NOTE = ("Nouvelle adhérente imprimée dans le rapport d'activité 2023 (nom, type et région). "
              "Identifiants, commune et coordonnées sont inventés.")
OCEAN_INDIEN_NOTE = (" Le rapport imprime « Océan Indien » sans dire La Réunion (04) ou Mayotte (06) : "
                     "La Réunion est retenue ici.")
CORSE_REASON = "Aucune délégation ne couvre la Corse : suivie par Provence-Alpes-Côte d'Azur, comme en 2012."


@dataclasses.dataclass
class Period:
    starts_on: datetime.date
    ends_on: datetime.date | None = None
    origin: str = "JOINED"
    end_reason: str | None = None
    note: str | None = None


@dataclasses.dataclass
class Member:
    number: int
    kind: str
    name: str
    commune: object
    siren: str
    siret: str
    legal_category: str
    periods: list = dataclasses.field(default_factory=list)
    named: bool = False          # a printed name, not an invented one
    stays: bool = False          # never chosen as a leaver
    host: "Member | None" = None  # the member whose legal person it shares

    def active_on(self, day):
        return any(p.starts_on <= day and (p.ends_on is None or day <= p.ends_on) for p in self.periods)

    @property
    def region(self):
        return self.commune.region

    @property
    def last_day(self):
        return self.periods[-1].ends_on if self.periods else None


class Population:
    def __init__(self, random, geography):
        self.random, self.geography = random, geography
        self.members, self.names, self.sirens = [], {name for name, _, _ in facts.JOINERS_2023}, 0
        self.regions = [r for r, weight in facts.REGION_WEIGHT.items() for _ in range(weight)]
        self.establish_2012()
        self.flow_through_years()
        self.gaps()
        self.renewals()
        self.check()

    # One structure

    def create(self, kind, name=None, commune=None, region=None):
        random = self.random
        if commune is None:
            commune = self.geography.draw(random, region or random.choice(self.regions))
        if name is None:
            name = invent.structure_name(random, kind, commune.name, self.names)
        siren = invent.siren(self.sirens)
        self.sirens += 1
        category = "9260" if commune.department in ("57", "67", "68") else \
            random.choice(invent.LEGAL_CATEGORIES.get(kind, ["9220"]))
        member = Member(len(self.members), kind, name, commune, siren, invent.siret(siren), category)
        self.members.append(member)
        return member

    def share_legal_person(self, member):
        """An ACI may be a second convention of an AI of the same region: same SIRET, another kind."""
        taken = {m.host.number for m in self.members if m.host}
        hosts = [m for m in self.members if m.kind == "AI" and m.region == member.region and m.number not in taken
                 and not m.named]
        if hosts:
            host = self.random.choice(hosts)
            member.host, member.commune = host, host.commune
            member.siren, member.siret, member.legal_category = host.siren, host.siret, host.legal_category

    def board_day(self, year, months=range(1, 13)):
        return datetime.date(year, *self.random.choice([d for d in BOARD_DAYS if d[0] in months]))

    # Stocks and flows

    def establish_2012(self):
        for kind, count in facts.STOCK_2012.items():
            for position in range(count):
                commune = None
                if kind == "AI" and position < 3 * len(facts.BODIES_2012):  # every body of 2012 has its members
                    departments = facts.BODIES_2012[position // 3][3].split()
                    commune = self.geography.draw_in(self.random, departments)
                year = max(FIRST_YEAR[kind], 2012 - int(self.random.triangular(0, 26, 8)))
                self.create(kind, commune=commune).periods.append(Period(self.board_day(year)))
        for kind in ["AI"] * 8 + ["OSP"] * 2 + ["EI", "GES"]:
            self.create(kind).periods.append(
                Period(self.board_day(self.random.randrange(1999, 2008)),
                       datetime.date(self.random.randrange(2009, 2012), 12, 31), end_reason="RESIGNED"))

    def flow_through_years(self):
        for (first, last), joins, leaves in facts.FLOWS:
            for kind, count in leaves.items():
                for _ in range(count):
                    self.leave(kind, first, last)
            for kind, count in joins.items():
                for _ in range(count):
                    self.join(kind, first, last)
            if first == 2023:
                self.join_2023()

    def join(self, kind, first, last):
        months = range(1, 12)
        if first == 2022:
            months = range(2, 12)
        elif last == 2026:
            months = range(1, 10)
        first = max(first, 2017) if kind == "EBE" else first
        member = self.create(kind)
        member.periods.append(Period(self.board_day(self.random.randint(first, last), months)))
        if kind == "ACI" and self.random.random() < 0.3:
            self.share_legal_person(member)

    def leave(self, kind, first, last):
        """One member of the kind has its last day in the span: mostly on 31 December, else at the end of a quarter."""
        random = self.random
        if (first, last) == (2013, 2021):
            year = random.randint(2014, 2021)
            end = random.choice([datetime.date(year - 1, 12, 31)] * 3 + [datetime.date(year, 6, 30)])
        elif first == 2022:
            end = datetime.date(2022, *random.choice([(3, 31), (6, 30), (9, 30)]))
        elif first == 2023:
            end = random.choice([datetime.date(2022, 12, 31)] * 3 + [datetime.date(2023, 6, 30)])
        else:
            end = random.choice([datetime.date(first - 1, 12, 31)] * 3 + [datetime.date(first, 6, 30)])
        candidates = [m for m in self.members if m.kind == kind and not m.stays and m.last_day is None
                      and (end - m.periods[-1].starts_on).days > 540]
        member = random.choice(candidates)
        member.periods[-1].ends_on = end
        member.periods[-1].end_reason = random.choice(["RESIGNED", "RESIGNED", "CLOSED", "UNPAID", "MERGED",
                                                       "STRUCK_OFF"])

    def join_2023(self):
        for kind in facts.RETURNS_2023:
            member = self.random.choice([
                m for m in self.members if m.kind == kind and m.last_day
                and datetime.date(2015, 1, 1) < m.last_day < datetime.date(2021, 12, 31)])
            member.periods.append(Period(self.board_day(2023, range(1, 12)), origin="REJOINED"))
            member.stays = True
        for name, kind, region in facts.JOINERS_2023:
            commune = self.geography.by_code[SEAT.get(name, REGION_SEAT[region])]
            member = self.create(kind, name, commune)
            note = NAMED_NOTE + (OCEAN_INDIEN_NOTE if region == "04" else "")
            member.periods.append(Period(self.board_day(2023, range(1, 12)), note=note))
            member.named = member.stays = True

    def gaps(self):
        """Some members of 2012 left for a while and came back before 2022."""
        steady = [m for m in self.members if m.active_on(datetime.date(2012, 12, 31)) and len(m.periods) == 1
                  and m.last_day is None]
        for member in self.random.sample(steady, 12):
            year = self.random.randint(2014, 2018)
            start = member.periods[0].starts_on
            member.periods = [
                Period(start, datetime.date(year, 12, 31), end_reason="UNPAID"),
                Period(datetime.date(year + self.random.randint(2, 3), 1, 1), origin="REJOINED")]

    def renewals(self):
        """Some members renew year by year: the last period of theirs is cut at the turn of recent years."""
        for member in self.members:
            last = member.periods[-1]
            if member.named or last.ends_on is not None or self.random.random() > 0.15:
                continue
            for year in (2024, 2025, 2026):
                turn = datetime.date(year, 1, 1)
                if last.starts_on < turn - 90 * DAY:
                    last.ends_on = turn - DAY
                    last = Period(turn, origin="RENEWED")
                    member.periods.append(last)

    # The promises

    def stock(self, day):
        counts = dict.fromkeys(facts.KINDS, 0)
        for member in self.members:
            counts[member.kind] += member.active_on(day)
        return counts

    def check(self):
        for day, expected in ((datetime.date(2012, 12, 31), facts.STOCK_2012),
                              (datetime.date(2022, 1, 2), facts.STOCK_2022),
                              (datetime.date(2022, 1, 31), facts.STOCK_2022),
                              (datetime.date(2023, 12, 1), facts.STOCK_2023),
                              (datetime.date(2023, 12, 31), facts.STOCK_2023)):
            found = self.stock(day)
            assert found == expected, (day, found, expected)


def delegation_rows(member):
    """Dated rows (slug, first day, last day, reason) that give the member one delegation on every day."""
    start, end = member.periods[0].starts_on, member.last_day
    rows = []
    if start < MAP_CHANGE:
        slug, reason = body_2012(member.commune)
        rows.append((slug, start, min(end or MAP_CHANGE - DAY, MAP_CHANGE - DAY), reason))
    if end is None or end >= MAP_CHANGE:
        slug, reason = delegation_now(member.region)
        rows.append((slug, max(start, MAP_CHANGE), end, reason))
    return rows


def body_2012(commune):
    for slug, _, _, departments, _ in facts.BODIES_2012:
        if commune.department in departments.split():
            return slug, None
    return facts.NEIGHBOUR_2012[commune.region], \
        "Aucune instance régionale connue en 2012 dans ce territoire : suivie par l'instance voisine."


def delegation_now(region):
    for slug, _, regions, *_ in facts.DELEGATIONS:
        if region in regions:
            return slug, None
    reason = CORSE_REASON if region == "94" else \
        "Aucune délégation ne couvre cette région : suivie par la délégation voisine."
    return facts.NEIGHBOUR_NOW[region], reason
