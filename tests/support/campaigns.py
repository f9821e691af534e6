"""Campaigns of the tests: structures with PASS of their own, on a day when nobody else's PASS ends. They go with the other rows
of the tests (cleanup.py), by their titles."""
import datetime
import os
import random
import uuid
import zoneinfo

import psycopg

from . import data
from . import keys as keys_of
from .client import Client, environment



def free_day():
    """A day on which no PASS ends: those of the demonstration data follow the day it was made."""
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        return connection.execute("""
            select min(day)::date::text from generate_series(date '2031-03-01', date '2033-03-01', '1 day') day
            where not exists (select from pass.pass p where p.ends_on = day::date)""").fetchone()[0]


ENDS_ON = free_day()
HEADCOUNTS = {
    "people_count": 12,
    "by_age_band": {"UNDER_26": 5, "FROM_57": 7},
    "by_rqth": {"YES": 5, "NO": 7},
    "by_planned_outcome": {"PROLONG_SENIOR": 5, "UNDECIDED": 7},
}


def today():
    return datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Paris")).date()


def add_pass(owner, member, ends_on=ENDS_ON, **fields):
    """A PASS by SQL, so that these tests need nothing of the tracker's operations; its id."""
    row = {"member_id": member, "siae_kind": "AI", "number_hash": os.urandom(32), "number_last4": f"{random.randrange(10000):04d}",
           "starts_on": datetime.date.fromisoformat(ends_on) - datetime.timedelta(days=729), "initial_ends_on": ends_on,
           "origin": "DEFAULT", **fields}
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    return str(owner.execute(f"insert into pass.pass ({names}) values ({marks}) returning id", list(row.values())).fetchone()[0])


class Maker:
    """Campaigns of the federation, in any state."""

    def __init__(self, national):
        self.national = national

    def rule(self, **fields):
        body = {"code": "ESSAI-" + uuid.uuid4().hex[:10].upper(), "title": data.name("Campagne"),
                "opens_on": today().isoformat(), "closes_on": (today() + datetime.timedelta(days=30)).isoformat(),
                "ends_from": ENDS_ON, "ends_to": ENDS_ON}
        return {**body, **fields}

    def draft(self, **fields):
        answer = self.national.post("/v1/pass-campaigns", self.rule(**fields))
        assert answer.status == 201, answer
        return answer.json

    def act(self, campaign, action, client=None):
        target = f"/v1/pass-campaigns/{campaign['id']}"
        etag = self.national.get(target).etag
        return (client or self.national).post(f"{target}/{action}", key=None, headers={"If-Match": etag})

    def open(self, **fields):
        answer = self.act(self.draft(**fields), "open")
        assert answer.status == 200, answer
        return answer.json


class World(Maker):
    """`member`, `passes` and `structure` (a client) by name: first and second of Bretagne, far of Lyon."""

    def __init__(self, url, national, delegation, scratch, owner):
        super().__init__(national)
        self.url, self.delegation, self.owner = url, delegation, owner
        self.member, self.passes, self.structure = {}, {}, {}
        for name, place in (("first", data.RENNES), ("second", data.RENNES), ("far", data.LYON)):
            self.member[name] = scratch.create(place=place, email="relance@exemple.invalid")["id"]
            self.passes[name] = [add_pass(owner, self.member[name], birth_year=1990) for _ in range(3)]
            add_pass(owner, self.member[name], "2031-03-18")
            self.structure[name] = self.client("STRUCTURE", "--member", self.member[name])
        self.share("second")

    def client(self, kind, *options):
        return Client(self.url, keys_of.create(kind, data.name("Campagne"), *options), kind.lower())

    def share(self, name, shares=True):
        self.owner.execute("update pass.sharing set shares_lines = %s where member_id = %s", (shares, self.member[name]))


# --- the diagnostic sheet ---
NEEDS = ("BASIC_SKILLS", "AUTONOMY_AT_WORK", "CAREER_PROJECT", "JOB_SEARCH", "HOUSING", "ACCESS_TO_RIGHTS", "PAPERWORK",
         "MOBILITY", "MONEY", "HEALTH", "DISABILITY_COMPENSATION", "DISABILITY_RECOVERY", "JUSTICE", "FAMILY_CONSTRAINTS")


def sheet(**fields):
    """A complete content of a diagnostic sheet."""
    items = [{"need": need, "level": "MINUS", "actions_done": ["TRAINING", "PMSMP"], "planned_action": "WORKSHOPS"} for need in NEEDS]
    return {"filled_on": today().isoformat(), "time_done": "TWO_YEARS", "months_asked": 12, "items": items, **fields}
