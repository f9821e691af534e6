"""Communes for invented structures, drawn from the official geography that schema/reference installs."""

import bisect
import itertools
import json
import pathlib

from towns import TOWNS

DEFAULT_DATA = (pathlib.Path(__file__).resolve().parent.parent / "reference" / "node_modules" / "@etalab"
                / "decoupage-administratif" / "data")


class Commune:
    __slots__ = ("code", "name", "department", "region", "postal_code", "population")

    def __init__(self, row):
        self.code = row["code"]
        self.name = row["nom"]
        self.department = row["departement"]
        self.region = row["region"]
        self.postal_code = min(row["codesPostaux"])
        self.population = row.get("population", 0)


def weight(commune):
    """A big city has several structures, not a hundred; towns with a known position come three times as often."""
    return min(commune.population, 60000) * (3 if commune.code in TOWNS else 1)


class Geography:
    """Looks communes up by code and draws them by region; towns are drawn more often than villages."""

    def __init__(self, data=DEFAULT_DATA):
        rows = json.loads((pathlib.Path(data) / "communes.json").read_text(encoding="utf-8"))
        communes = [Commune(row) for row in rows
                    if row["type"] == "commune-actuelle" and row.get("codesPostaux") and row.get("zone") != "com"]
        self.by_code = {commune.code: commune for commune in communes}
        self.towns = {}
        for commune in sorted(communes, key=lambda c: c.code):
            if commune.population >= 3000:
                self.towns.setdefault(commune.region, []).append(commune)
        self.weights = {region: list(itertools.accumulate(map(weight, towns))) for region, towns in self.towns.items()}

    def draw(self, random, region):
        weights = self.weights[region]
        return self.towns[region][bisect.bisect_right(weights, random.randrange(weights[-1]))]

    @staticmethod
    def position(random, commune):
        """A point in the town, invented within a kilometre of its town hall; nothing where the town is not known."""
        if commune.code not in TOWNS:
            return None, None
        latitude, longitude = TOWNS[commune.code]
        return tuple(f"{value + random.randint(-90, 90) / 10000:.4f}" for value in (latitude, longitude))

    def draw_in(self, random, departments):
        """A town of some departments, each as likely as the other."""
        return random.choice([c for region in sorted(self.towns) for c in self.towns[region]
                              if c.department in departments])
