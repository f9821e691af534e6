"""PASS IAE of an invented network. The stock of December 2021 in full, 45,000 people, so that what was prolonged three
times meets its cap on 29 November 2026; and around it the steady flow of a plausible tracker, placed relative to the day
of loading. `pass_cases.py` adds one example of everything for the structure of the demonstration key."""

import datetime

import pass_cases
from pathways import PRESCRIBERS, YEAR, Pathway, on

STOCK = 45_000
STOCK_FIRST, STOCK_LAST = on(2021, 12, 1), on(2023, 11, 30)
KINDS = ("AI", "ACI", "EI", "ETTI", "EITI")
STARTS_A_YEAR = {"AI": 8, "ACI": 6, "EI": 7, "ETTI": 11, "EITI": 12}  # of one structure, on average
FIRST_DAY, LAST_DAY = -4 * 365 - 730, 45  # of the steady flow; earlier pathways are long erased
# What became of the 45,000: invented, but for the report's word that most of them found a solution.
STOCK_FATES = [("ended", 27_600), ("paused", 4_500), ("half", 1_200), ("once", 2_900), ("twice", 2_600),
               ("thrice", 4_300), ("thrice and paused", 700), ("senior", 500), ("open-ended contract", 700)]
PAUSES = ["CONTRACT_SUSPENDED"] * 6 + ["CONTRACT_BROKEN"] * 3 + ["FINISHED_CONTRACT"] * 5 \
    + ["APPROVAL_BETWEEN_CTA_MEMBERS"]
OLD_PAUSES = ["SICKNESS"] * 5 + ["MATERNITY"] * 3 + ["INCARCERATION", "TRIAL_OUTSIDE_IAE", "DETOXIFICATION",
                                                     "FORCE_MAJEURE"]
EXITS = [("CDI", "CDI", None)] * 12 + [("CDD_OVER_6_MONTHS", "CDD", 9)] * 11 + [("CDD_UNDER_6_MONTHS", "CDD", 4)] * 14 \
    + [("TRAINING", None, None)] * 9 + [("OTHER_SIAE", None, None)] * 6 + [("UNEMPLOYED", None, None)] * 28 \
    + [("LOST_CONTACT", None, None)] * 8 + [("INACTIVE", None, None)] * 5 + [("RETIRED", None, None)] * 3 \
    + [("AIDED_CONTRACT", "CDD", 6)] * 3 + [("PUBLIC_SERVICE", "CDD", 12)] * 2 + [("BUSINESS_CREATION", None, None)] \
    + [("ETT_ESS", "INTERIM", 7)] * 2 + [("EBE", "CDI", None)] * 2 + [("MOVED", None, None)] * 2 \
    + [("LONG_ILLNESS", None, None), ("DEATH", None, None), ("NEW_PASS_PRESCRIBER", None, None)]


class Passes:
    """`pathways` in the order of their numbers; `sharing` the members whose delegation may read their lines."""

    def __init__(self, random, members, activities):
        self.random, self.activities = random, activities
        self.members = [m for m in members if not m.named and m.last_day is None and m.kind in KINDS]
        self.sharing = [m for m in self.members if random.random() < 0.78]
        self.pathways = list(pass_cases.lines())
        self.follow_stock()
        self.follow_flow()

    # The stock of December 2021

    def follow_stock(self):
        """Everybody whom an AI employed at the end of November 2021 had the same first and last day."""
        old = [m for m in self.members if m.kind == "AI" and m.active_on(datetime.date(2021, 12, 1))]
        sizes = [self.random.triangular(0.3, 2.6, 0.8) for _ in old]
        already = sum(p.origin == "AI_STOCK" for p in self.pathways)
        fates = [name for name, count in STOCK_FATES for _ in range(count)][already:]
        for fate in fates:
            member, = self.random.choices(old, sizes)
            pathway = Pathway(member, "AI", "AI_STOCK", STOCK_FIRST, self.birth_year(fate), hired=STOCK_FIRST)
            self.live_stock(pathway, fate)
            self.pathways.append(pathway)

    def birth_year(self, fate):
        old = {"senior": (1959, 1971), "open-ended contract": (1960, 1966)}
        return self.random.randint(*old.get(fate, (1964, 2002)))

    def live_stock(self, pathway, fate):
        random = self.random
        if fate in ("paused", "thrice and paused"):
            first = STOCK_FIRST + random.randint(30, 600)
            pathway.suspend(first, first + random.randint(20, 350), random.choice(PAUSES))
        for _ in range({"once": 1, "twice": 2, "thrice": 3, "thrice and paused": 3, "senior": 4}.get(fate, 0)):
            reason = "SENIOR" if pathway.birth_year < 1972 else random.choice(["RQTH", "PARTICULAR_DIFFICULTIES"])
            pathway.prolong(YEAR, reason, pathway.ends - random.randint(5, 80), random.choice(PRESCRIBERS))
        if fate == "half":
            pathway.prolong(180, "COMPLETE_TRAINING", STOCK_LAST - random.randint(1, 70))
        elif fate == "open-ended contract":
            pathway.prolong(3650, "SENIOR_CDI", STOCK_LAST - random.randint(1, 70))
        elif fate == "thrice":
            self.near_the_cap(pathway)
        elif fate != "senior" and random.random() < 0.8:
            self.leave(pathway)

    def near_the_cap(self, pathway):
        """29 November 2026: some are paused, some ask for what is left to them, most just come to the end."""
        random, chance = self.random, self.random.random()
        if chance < 0.06:
            first = on(2026, 10, 20) - random.randint(0, 400)
            pathway.suspend(first, first + random.choice([1090, 60, 180]), random.choice(PAUSES + OLD_PAUSES))
        elif chance < 0.22 and pathway.birth_year < 1977:
            pathway.ask(YEAR, "SENIOR", -random.randint(0, 60), random.choice(PRESCRIBERS))
        elif chance < 0.27 and pathway.birth_year < 1977:
            pathway.deny("SENIOR", -random.randint(40, 80), -random.randint(1, 35),
                         random.choice(["IAE", "SIAE", "DURATION", "REASON"]), random.choice(PRESCRIBERS))

    # The steady flow

    def follow_flow(self):
        for member in self.members:
            self.follow_kind(member, member.kind, STARTS_A_YEAR[member.kind])
            if self.activities.get(member.number) in KINDS:
                self.follow_kind(member, self.activities[member.number], 3)

    def follow_kind(self, member, kind, a_year):
        years = (LAST_DAY - FIRST_DAY) / 365
        for _ in range(round(years * a_year * self.random.triangular(0.2, 2.2, 0.6))):
            origin = self.random.choice(["DEFAULT"] * 24 + ["PE_APPROVAL", "ADMIN"])
            starts = self.random.randint(FIRST_DAY, LAST_DAY)
            pathway = Pathway(member, kind, origin, starts, self.random.randint(1961, 2007),
                              source=self.random.choice(["PLATFORM_EXPORT"] * 6 + ["EMPLOYEE_RECORD", "MANUAL"]),
                              observed=-self.random.randint(0, 45))
            if self.random.random() < 0.02:
                pathway.declared_gap = self.random.choice([-1, 1, -31, 30, 365])
            self.live(pathway)
            self.pathways.append(pathway)

    def live(self, pathway):
        random = self.random
        while random.random() < 0.3 and self.pause(pathway):
            if random.random() < 0.4:
                pathway.hired = min(0, pathway.suspensions[-1][1] + 1)
        while random.random() < 0.3 and self.prolong(pathway):
            pass
        if pathway.ends < 0 and random.random() < 0.75:
            self.leave(pathway)
        elif -170 < pathway.ends < 330 and not self.paused(pathway):
            self.ask(pathway)

    @staticmethod
    def paused(pathway):
        return any(first <= 0 <= last for first, last, *_ in pathway.suspensions)

    def pause(self, pathway):
        random, free = self.random, pathway.suspensions[-1][1] + 1 if pathway.suspensions else pathway.starts + 30
        latest = min(0, pathway.ends - 5)
        if free >= latest:
            return False
        first = random.randint(free, latest)
        last = first + (random.randint(16, 240) if random.random() < 0.75 else 1090)
        reason = random.choice(PAUSES) if random.random() < 0.9 else random.choice(OLD_PAUSES)
        pathway.suspend(first, last, reason, min(0, first + random.randint(0, 20)))
        if first < -380 and last > 0 and random.random() < 0.3:
            pathway.close(first + random.randint(367, -first - 1))
        return pathway.closed is None and last < -30

    def prolong(self, pathway):
        random, declared = self.random, pathway.ends - self.random.randint(5, 80)
        settled = max([pathway.starts] + [last for _, last, *_ in pathway.suspensions])
        if pathway.closed or declared > 0 or declared <= settled or pathway.ends - pathway.initial_ends > 730:
            return False
        reasons = ["RQTH", "COMPLETE_TRAINING"] + ["PARTICULAR_DIFFICULTIES"] * 2 * (pathway.kind in ("AI", "ACI")) \
            + ["SENIOR"] * 2 * (pathway.birth_year < 1974)
        pathway.prolong(random.choice([180, YEAR, YEAR]), random.choice(reasons), declared, random.choice(PRESCRIBERS))
        return True

    def ask(self, pathway):
        random = self.random
        reason = "SENIOR" if pathway.birth_year < 1976 else \
            "PARTICULAR_DIFFICULTIES" if pathway.kind in ("AI", "ACI") else "RQTH"
        if random.random() < 0.05:
            pathway.deny(reason, -random.randint(50, 90), -random.randint(1, 45),
                         random.choice(["IAE", "SIAE", "DURATION", "REASON"]), random.choice(PRESCRIBERS))
        elif random.random() < 0.1:
            pathway.ask(random.choice([180, YEAR]), reason, -random.randint(0, 70), random.choice(PRESCRIBERS))

    def leave(self, pathway):
        code, contract, months = self.random.choice(EXITS)
        pathway.leave(code, pathway.ends - self.random.randint(0, 20), contract, months,
                      self.random.choice([4_000] + [self.random.randint(9_000, 150_000)] * 8))
