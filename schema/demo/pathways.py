"""One invented pathway under a PASS IAE: what happened to it, day by day, in the order in which it happened.

Days are whole numbers. Small ones count from the day of loading (0 = that day), so that whatever is loaded has running
suspensions, waiting requests and open windows; FIXED and more are days of the calendar, for the pathways of the stock
of December 2021. `generate.py` lets the database turn both into dates.
"""

import dataclasses
import datetime

FIXED = 1_000_000
EPOCH = datetime.date(2000, 1, 1)
PASS_DAYS = 730          # first and last day included
YEAR = 365               # the longest prolongation that one request may ask for
PRESCRIBERS = ["FRANCE_TRAVAIL"] * 5 + ["MISSION_LOCALE"] * 2 + ["CAP_EMPLOI"] * 2 \
    + ["DEPARTMENT", "DEPARTMENT", "PLIE", "CCAS", "OTHER", "OTHER"]
DECIDED = ("RQTH", "SENIOR", "PARTICULAR_DIFFICULTIES")  # reasons that a prescriber decides


def on(year, month, day):
    """A day of the calendar, whatever the day of loading."""
    return FIXED + (datetime.date(year, month, day) - EPOCH).days


@dataclasses.dataclass
class Pathway:
    member: object           # None: the structure of the demonstration key, which the database finds
    kind: str
    origin: str
    starts: int
    birth_year: int
    length: int = PASS_DAYS
    source: str = "PLATFORM_EXPORT"
    observed: int = 0
    hired: int | None = None
    declared_gap: int = 0    # days that the source's printed end differs by
    closed: int | None = None
    closed_from: int | None = None
    suspensions: list = dataclasses.field(default_factory=list)
    prolongations: list = dataclasses.field(default_factory=list)
    requests: list = dataclasses.field(default_factory=list)
    outcome: tuple | None = None

    def __post_init__(self):
        self.ends = self.initial_ends = self.starts + self.length - 1
        self.hired = self.starts if self.hired is None else self.hired

    def suspend(self, first, last, reason, declared=None):
        """A pause moves the end by last - first: one day less than it lasts, as on the platform."""
        assert self.starts <= first <= last and first <= self.ends, (first, last, self.ends)
        assert not self.suspensions or first > self.suspensions[-1][1], "pauses never overlap"
        self.suspensions.append((first, last, reason, first if declared is None else declared))
        self.ends += last - first
        return self

    def prolong(self, days, reason, declared, prescriber=None):
        """From the last day on; a prescriber's decision stands behind the reasons that need one."""
        first, request = self.ends, None
        if reason in DECIDED:
            self.ask(days, reason, declared - 14, prescriber, "GRANTED", declared)
            request = len(self.requests) - 1
        self.prolongations.append((first, first + days, reason, declared, request))
        self.ends += days
        return self

    def ask(self, days, reason, asked, prescriber=None, state="PENDING", decided=None, denial=None, actions=None):
        self.requests.append((self.ends, self.ends + days, reason, prescriber, asked, state, decided, denial, actions))
        return self

    def deny(self, reason, asked, decided, denial, prescriber=None):
        actions = "{SOCIAL_PARTNER,OTHER}" if denial == "IAE" else None
        return self.ask(YEAR, reason, asked, prescriber, "DENIED", decided, denial, actions)

    def close(self, day):
        """After more than a year of one pause: the pathway ended the day before, and so did the pause."""
        first, last, reason, declared = self.suspensions.pop()
        assert day - first > 365
        self.ends -= last - first
        self.suspensions.append((first, day - 1, reason, declared))
        self.closed, self.closed_from, self.ends = day, first, day - 1
        return self

    def leave(self, code, day, contract=None, months=None, minutes=60_000):
        self.outcome = (code, contract, months, day, minutes)
        return self
