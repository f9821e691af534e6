"""The lines of the structure whose key the demonstration hands out: every state, limit and reason once, so that whoever
opens the tracker, the forecast or the calendar finds an example of it. Days count from the day of loading."""

from pathways import YEAR, Pathway, on

STOCK_FIRST = on(2021, 12, 1)
LIVING_REASONS = ["CONTRACT_SUSPENDED", "CONTRACT_BROKEN", "FINISHED_CONTRACT", "APPROVAL_BETWEEN_CTA_MEMBERS"]
OLD_REASONS = ["SICKNESS", "MATERNITY", "INCARCERATION", "TRIAL_OUTSIDE_IAE", "DETOXIFICATION", "FORCE_MAJEURE"]
OUTCOMES = [("CDI", "CDI", None), ("CDD_OVER_6_MONTHS", "CDD", 9), ("BUSINESS_CREATION", None, None),
            ("PUBLIC_SERVICE", "CDD", 12), ("CDD_UNDER_6_MONTHS", "CDD", 3), ("AIDED_CONTRACT", "CDD", 6),
            ("TRAINING", None, None), ("OTHER_SIAE", "CDD", 4), ("EBE", "CDI", None), ("ETT_ESS", "INTERIM", 2),
            ("UNEMPLOYED", None, None), ("RETIRED", None, None), ("INACTIVE", None, None),
            ("LOST_CONTACT", None, None), ("DEATH", None, None), ("LONG_ILLNESS", None, None), ("MOVED", None, None),
            ("NEW_PASS_PRESCRIBER", None, None)]


def ordinary(starts, birth_year=1988, **more):
    return Pathway(None, "AI", more.pop("origin", "DEFAULT"), starts, birth_year, **more)


def ending(day, **more):
    """A PASS with nothing but its 730 days, the last one being `day`."""
    return ordinary(day - 729, **more)


def stock(birth_year=1975):
    return Pathway(None, "AI", "AI_STOCK", STOCK_FIRST, birth_year, hired=STOCK_FIRST)


def prolonged_stock(reason, times, birth_year=1975):
    pathway = stock(birth_year)
    for _ in range(times):
        pathway.prolong(YEAR, reason, pathway.ends - 40, "FRANCE_TRAVAIL")
    return pathway


def milestones():
    """Starts, ends, windows and erasure: the days on which something happens, and the days beside them."""
    yield from (ordinary(20), ordinary(75), ordinary(0), ordinary(-200))
    for days in (366, 365, 210, 90, 89, 30, 29, 1, 0):
        yield ending(days)
    for days in (1, 20, 150, 165, 200, 400, 700, 715):
        yield ending(-days)
    yield ending(200, origin="PE_APPROVAL")
    yield ending(300, origin="ADMIN", source="MANUAL")
    yield ending(120, declared_gap=-31, source="EMPLOYEE_RECORD")


def suspended():
    for days, reason in zip((10, 40, 100, 250), LIVING_REASONS):
        yield ordinary(-400).suspend(-days, -days + 1090, reason)
    for days, reason in zip((30, 60, 90, 120, 150, 180), OLD_REASONS):
        yield ordinary(-500).suspend(-days, 120, reason)
    yield ordinary(-700).suspend(-400, 690, "CONTRACT_BROKEN")       # may be closed
    yield ordinary(-1200).suspend(-1075, 15, "CONTRACT_SUSPENDED")   # 35 months: its end comes near
    yield ending(-20 + 15).suspend(-14, 60, "FINISHED_CONTRACT")     # carries the end beyond the first one
    yield ordinary(-600).suspend(-300, -250, "SICKNESS").suspend(-249, -200, "CONTRACT_SUSPENDED")
    yield ordinary(-600).suspend(-300, -300, "CONTRACT_SUSPENDED")   # a single day moves nothing
    yield ordinary(-900).suspend(-800, -500, "MATERNITY").suspend(-90, 90, "CONTRACT_SUSPENDED")
    yield ordinary(-800).suspend(-460, 600, "CONTRACT_BROKEN").close(-30)
    yield ordinary(-1100).suspend(-900, 150, "FINISHED_CONTRACT").close(-420)


def prolonged():
    yield ending(-100, birth_year=1985).prolong(YEAR, "RQTH", -150, "CAP_EMPLOI")
    yield ending(-100, birth_year=1969).prolong(YEAR, "SENIOR", -120, "FRANCE_TRAVAIL")
    yield ending(-60).prolong(180, "PARTICULAR_DIFFICULTIES", -70, "DEPARTMENT")
    yield ending(-60).prolong(120, "COMPLETE_TRAINING", -65)
    yield ending(-60, birth_year=1965).prolong(3650, "SENIOR_CDI", -65)
    for times in (1, 2, 3):
        yield prolonged_stock("RQTH", times, 1979)
        yield prolonged_stock("PARTICULAR_DIFFICULTIES", times, 1983)
        yield prolonged_stock("SENIOR", times, 1968)
    yield prolonged_stock("SENIOR", 3, 1966).suspend(on(2026, 6, 1), on(2026, 9, 30), "CONTRACT_SUSPENDED")
    yield prolonged_stock("RQTH", 2, 1980).prolong(YEAR, "COMPLETE_TRAINING", on(2025, 10, 20))
    yield stock(1964).prolong(3650, "SENIOR_CDI", on(2023, 11, 6))


def requested():
    for age in (0, 9, 12, 22, 35):
        yield ending(40).ask(YEAR, "PARTICULAR_DIFFICULTIES", -age, "FRANCE_TRAVAIL")
        yield prolonged_stock("SENIOR", 3, 1967).ask(YEAR, "SENIOR", -age, "FRANCE_TRAVAIL")
    yield ending(-10).ask(YEAR, "RQTH", -25, "CAP_EMPLOI")           # expired while it waits
    for denial, reason in (("IAE", "RQTH"), ("SIAE", "SENIOR"), ("DURATION", "RQTH"), ("REASON", "SENIOR")):
        yield ending(35, birth_year=1970).deny(reason, -50, -20, denial, "DEPARTMENT")
    yield ending(60).deny("RQTH", -80, -45, "REASON", "FRANCE_TRAVAIL").ask(
        180, "PARTICULAR_DIFFICULTIES", -5, "FRANCE_TRAVAIL")


def left():
    for number, (code, contract, months) in enumerate(OUTCOMES):
        yield ending(-40 - 30 * number).leave(code, -45 - 30 * number, contract, months)
    yield ending(-75).leave("UNEMPLOYED", -75, minutes=6_000)        # under 150 hours: not counted as an exit


def lines():
    for part in (milestones, suspended, prolonged, requested, left):
        yield from part()
