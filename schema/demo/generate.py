#!/usr/bin/python3
"""Writes the demonstration network as SQL for psql: `./generate.py | psql -X -v ON_ERROR_STOP=1 "$DATABASE"`.

The same seed gives the same bytes. The printed totals of 2012, 2022 and 2023 hold for every seed: population.py checks
them before a line is written. Geography comes from schema/reference (run `npm ci` there first). README.md says what
is printed, what is invented and from which reserved ranges.
"""

import argparse
import datetime
import random
import sys
import uuid

import campaign
import facts
import geography
import invent
import pass_rows
import passes
import people
import population
import vacation_rows
import vacations
import training_rows
import trainings

NAMESPACE = uuid.UUID("6d61696c-6c61-4765-8064-656d6f000001")
FOUNDED = datetime.date(1985, 1, 1)  # assumed: no source dates the regional bodies
LATEST = datetime.date(2026, 10, 31)


def text(value):
    """One field of COPY's text format."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


class Writer:
    """Rows of the demonstration data, table by table in the order of their references."""

    def __init__(self, seed, out):
        self.seed, self.out, self.tables = seed, out, []
        self.random = random.Random(f"{seed}/rows")
        self.network = population.Population(random.Random(f"{seed}/network"), geography.Geography())
        # Five structures that have asked to join; the last one has a term that starts on 2027-01-01.
        self.applicants = [
            self.network.create(kind, region=region)
            for kind, region in (("AI", "53"), ("ACI", "76"), ("EI", "84"), ("ACI", "32"), ("AI", "52"))]
        self.network.members = self.network.members[:-len(self.applicants)]
        self.staff = people.People(random.Random(f"{seed}/people"))
        self.activities = {}

    def id(self, *words):
        return uuid.uuid5(NAMESPACE, "/".join(map(str, (self.seed, *words))))

    def copy(self, table, columns, rows):
        self.tables.append(table)
        names = ", ".join(columns)
        # COPY does not write to tables with row-level security, so rows pass through a table of the session.
        self.out.write(f"create temporary table rows_in on commit drop as select {names} from {table} limit 0;\n"
                       "copy rows_in from stdin;\n")
        for row in rows:
            assert len(row) == len(columns), (table, row)
            self.out.write("\t".join(map(text, row)) + "\n")
        self.out.write(f"\\.\ninsert into {table} ({names}) select {names} from rows_in;\n"
                       "drop table rows_in;\n")

    def stage(self, table, columns, rows):
        """Rows into a table of this transaction, for statements that make others of them."""
        self.out.write(f"create temporary table {table} ({columns}) on commit drop;\ncopy {table} from stdin;\n")
        self.out.writelines("\t".join(map(text, row)) + "\n" for row in rows)
        self.out.write(f"\\.\nanalyze {table};\n")

    def write(self):
        self.out.write("-- Demonstration data; see schema/demo/README.md.\nset client_encoding = 'UTF8';\nbegin;\n"
                       "do $$ begin\n    if exists (select from network.member) then\n"
                       "        raise exception 'The demonstration data goes into an empty database only.';\n"
                       "    end if;\nend $$;\n")
        self.write_delegations()
        self.write_organisations()
        self.write_members()
        self.write_memberships()
        self.write_activities()
        self.write_contacts()
        self.write_people()
        self.write_doubts()
        self.write_living()
        self.write_passes()
        self.write_vacations()
        training_rows.write(self, trainings.Trainings(random.Random(f"{self.seed}/trainings"), self.network.members))
        self.out.write("commit;\n" + "".join(f"analyze {table};\n" for table in self.tables))

    # Delegations

    def write_delegations(self):
        last_old, first_new = population.MAP_CHANGE - population.DAY, population.MAP_CHANGE
        how = {"TEXT": "Nommée dans le rapport d'activité 2012.",
               "MAP": "Étiquette de la carte du rapport 2012 ; le texte ne la nomme pas.",
               "ASSUMED": "Supposée : le rapport 2012 compte 18 instances sans nommer celle-ci."}
        rows, regions, successions = [], [], []
        for slug, name, named, departments, successors in facts.BODIES_2012:
            rows.append((self.id("delegation", slug), slug, name, "ASSOCIATION", FOUNDED, last_old,
                         None, how[named]))
            regions += [(self.id("delegation", slug), region, FOUNDED, last_old)
                        for region in former_regions(departments)]
            successions += [(self.id("delegation", slug), self.id("delegation", to), region, first_new)
                            for to, region in successors]
        for slug, name, codes, _, staff, form in facts.DELEGATIONS:
            note = None if staff else "Aucune équipe imprimée pour cette délégation dans le rapport 2023."
            rows.append((self.id("delegation", slug), slug, name, form, first_new, None,
                         f"{slug}@exemple.invalid", note))
            regions += [(self.id("delegation", slug), code, first_new, None) for code in codes]
        self.copy("network.delegation", ["id", "slug", "name", "legal_form", "starts_on", "ends_on", "email",
                                         "description"], rows)
        self.copy("network.delegation_region", ["delegation_id", "region_code", "starts_on", "ends_on"], regions)
        self.copy("network.delegation_succession", ["from_id", "to_id", "region_code", "on_date"], successions)

    # Members

    def write_organisations(self):
        rows = []
        for member in self.network.members + self.applicants:
            if member.host:
                continue
            department, association = member.commune.department, member.legal_category[:2] == "92"
            local = department in ("57", "67", "68")
            rows.append((
                self.id("organisation", member.siren), member.siren, member.name, member.legal_category,
                invent.rna(department, member.number) if association and not local else None,
                f"Vol. 99 fol. {member.number}" if association and local else None,
                invent.IDCC.get(member.kind), invent.nda(department, member.number)
                if member.kind == "OF" or member.number % 9 == 0 else None,
                "AKTO" if member.kind == "ETTI" else "UNIFORMATION",
                (member.periods[0].starts_on if member.periods else LATEST) - 700 * population.DAY,
                not member.named))
        self.copy("network.organisation", [
            "id", "siren", "legal_name", "legal_category", "rna", "local_register_ref", "idcc", "nda", "opco_code",
            "created_on", "fictitious"], rows)

    def groups(self):
        """Each GES heads an economic group; members of its region belong to it. Corse has its GES alone."""
        found, used = {}, set()
        for head in self.network.members:
            if head.kind != "GES":
                continue
            found[head.number] = head
            around = [m for m in self.network.members if m.region == head.region and m.number not in used
                      and m.kind in ("AI", "ACI", "EI", "ETTI", "OSP") and m.last_day is None and not m.named]
            if head.last_day is None and not head.named:
                for member in self.random.sample(around, min(len(around), self.random.randint(2, 4))):
                    found[member.number] = head
                    used.add(member.number)
        return found

    def write_members(self):
        groups = self.groups()
        heads = sorted({head.number: head for head in groups.values()}.values(), key=lambda m: m.number)
        self.copy("network.economic_group", ["id", "name", "description"],
                  [(self.id("group", head.number), f"Groupe {head.name}",
                    None if head.named else "Groupe fictif du jeu de démonstration.") for head in heads])
        rows = []
        for member in self.network.members + self.applicants:
            slug = invent.plain(member.name)[:40].strip("-")
            latitude, longitude = (None, None) if member.named else \
                geography.Geography.position(self.random, member.commune)
            rows.append((
                self.id("member", member.number), self.id("organisation", member.siren), member.siret, member.name,
                member.kind, self.id("group", groups[member.number].number) if member.number in groups else None,
                invent.NAF[member.kind], "REV2", member.commune.code, member.commune.department,
                member.commune.region, f"{self.random.randint(1, 80)} {self.random.choice(invent.STREETS)}",
                member.commune.postal_code, latitude, longitude, f"contact@{slug}-{member.number}.exemple.invalid",
                invent.phone(member.region, member.number),
                f"https://{slug}-{member.number}.exemple.invalid" if self.random.random() < 0.7 else None,
                None if member.named else invent.description(member.name, member.kind, member.commune.name),
                # Nothing invented about a printed structure is offered to partners.
                not member.named and self.random.random() < 0.8, not member.named, self.created_at(member),
                self.updated_at(member)))
        self.copy("network.member", [
            "id", "organisation_id", "siret", "name", "kind", "group_id", "naf", "naf_version", "commune_code",
            "department_code", "region_code", "address", "postal_code", "latitude", "longitude", "email", "phone",
            "website", "description", "public_listing_consent", "fictitious", "created_at", "updated_at"], rows)
        self.write_assignments()

    def created_at(self, member):
        first = member.periods[0].starts_on if member.periods else LATEST
        return f"{max(first, datetime.date(2018, 3, 1))}T08:00:00Z"

    def updated_at(self, member):
        first = max(member.periods[0].starts_on if member.periods else LATEST, datetime.date(2018, 3, 1))
        latest = max(first, LATEST - self.random.randint(0, 1500) * population.DAY)
        return f"{latest}T{self.random.randint(9, 17):02d}:{self.random.randint(0, 59):02d}:00Z"

    def write_assignments(self):
        rows = []
        for member in self.network.members:
            rows += [(self.id("member", member.number), self.id("delegation", slug), start, end, reason)
                     for slug, start, end, reason in population.delegation_rows(member)]
        for member in self.applicants:
            rows.append((self.id("member", member.number),
                         self.id("delegation", population.delegation_now(member.region)[0]),
                         datetime.date(2026, 9, 15), None, None))
        self.copy("network.member_delegation", ["member_id", "delegation_id", "starts_on", "ends_on", "reason"], rows)

    def write_memberships(self):
        rows = []
        for member in self.network.members:
            for position, period in enumerate(member.periods):
                start = period.starts_on
                signed = start - self.random.randint(7, 60) * population.DAY \
                    if period.origin != "RENEWED" and start >= datetime.date(2014, 1, 1) else None
                rows.append((
                    self.id("membership", member.number, position), self.id("member", member.number), start,
                    period.ends_on, period.origin, period.end_reason, signed,
                    signed and ("2022" if start.year >= 2022 else "2014"),
                    start if period.origin != "RENEWED" else None,
                    self.random.choice(["FAVOURABLE"] * 9 + ["RESERVED"]) if signed else None, period.note))
        last = self.applicants[-1]
        rows.append((self.id("membership", last.number, 0), self.id("member", last.number),
                     datetime.date(2027, 1, 1), None, "JOINED", None, datetime.date(2026, 10, 20), "2022",
                     datetime.date(2026, 11, 10), "FAVOURABLE", None))
        self.copy("network.membership", [
            "id", "member_id", "starts_on", "ends_on", "origin", "end_reason", "charter_signed_on",
            "charter_version", "decided_on", "delegation_opinion", "note"], rows)

    def write_activities(self):
        """Ensembliers: one AI in eight also runs another activity, dated inside its membership."""
        rows = []
        for member in self.network.members:
            if member.kind != "AI" or member.named or member.number % 8:
                continue
            kind = self.random.choice(["ACI", "ETTI", "OF", "OSP"])
            self.activities[member.number] = kind
            start = max(member.periods[0].starts_on, datetime.date(self.random.randint(2009, 2020), 1, 1))
            if member.last_day is None or start < member.last_day:
                rows.append((self.id("member", member.number), kind, member.siret, start, member.last_day))
        self.copy("network.activity", ["member_id", "kind", "siret", "starts_on", "ends_on"], rows)

    # People

    def write_contacts(self):
        rows = []
        for member in self.network.members + self.applicants:
            if member.named or (member.last_day and member.last_day.year < 2024):
                continue
            for position in range(self.random.choice([1, 1, 1, 2])):
                given, family = invent.person_name(self.random)
                rows.append((
                    self.id("contact", member.number, position), self.id("member", member.number), given, family,
                    "Direction" if position == 0 else self.random.choice(["Présidence", "Administration"]),
                    f"{invent.plain(given)}.{invent.plain(family)}.{member.number}@exemple.invalid",
                    invent.phone("", member.number + 2000 * (position + 1)), position == 0, True))
        self.copy("network.contact", ["id", "member_id", "given_name", "family_name", "role", "email", "phone",
                                      "is_main", "fictitious"], rows)

    def write_people(self):
        self.copy("network.person", ["id", "given_name", "family_name", "email", "fictitious"],
                  [(self.id("person", p.number), p.given_name, p.family_name, p.email, True)
                   for p in self.staff.people])
        self.copy("network.appointment", [
            "id", "person_id", "nature", "body", "role", "label", "college", "unit", "delegation_id",
            "full_time_percent", "elected_on", "starts_on", "ends_on"],
            [(self.id("appointment", number), self.id("person", a.person.number), a.nature, a.body, a.role, a.label,
              a.college, a.unit, a.delegation and self.id("delegation", a.delegation), a.full_time_percent,
              a.elected_on, a.starts_on, a.ends_on)
             for number, a in enumerate(self.staff.appointments)])

    # Figures

    def write_doubts(self):
        """Temp work after 2012: the source prints ETTI and ETT-ESS on one line, so the kind ETTI is not sure."""
        first = datetime.date(2013, 1, 1)
        self.copy("report.kind_doubt", ["member_id", "starts_on", "reason"], [
            (self.id("member", m.number), max(first, m.periods[0].starts_on),
             "Le rapport 2023 compte ETTI et ETT-ESS sur une seule ligne.")
            for m in self.network.members if m.kind == "ETTI" and m.periods[0].starts_on.year < 2024
            and (m.last_day is None or m.last_day >= first)])

    def write_living(self):
        """What must stay near today whenever it is loaded: three members in grace, two suspended."""
        chosen = [m for m in self.network.members if not m.named and m.last_day is None and m.kind in ("AI", "ACI")
                  and m.periods[-1].starts_on < datetime.date(2022, 1, 1)]
        for member, days in zip(self.random.sample(chosen, 3), (20, 45, 75)):
            number = self.id("membership", member.number, len(member.periods) - 1)
            self.out.write(f"update network.membership set ends_on = engine.today() - {days} where id = '{number}';\n")
            chosen.remove(member)
        for member, days in zip(self.random.sample(chosen, 2), (15, 40)):
            self.out.write("insert into network.suspension (member_id, starts_on, reason) values "
                           f"('{self.id('member', member.number)}', engine.today() - {days}, "
                           "'Convention avec l''État suspendue (exemple fictif).');\n")

    # PASS IAE

    def write_passes(self):
        followed = passes.Passes(random.Random(f"{self.seed}/passes"), self.network.members, self.activities)
        pass_rows.write(self, followed)
        campaign.write(self, random.Random(f"{self.seed}/campaigns"), followed.pathways)

    def write_vacations(self):
        vacation_rows.write(self, vacations.Vacations(random.Random(f"{self.seed}/vacations"), self.network.members))


def former_regions(departments):
    """Region codes, as they were before 2016, of a list of departments."""
    table = {"53": "22 29 35 56", "24": "18 28 36 37 41 45", "11": "75 77 78 91 92 93 94 95", "52": "44 49 53 72 85",
             "93": "04 05 06 13 83 84", "94": "2A 2B", "01": "971", "02": "972", "03": "973", "04": "974",
             "06": "976", "83": "03 15 43 63", "25": "14 50 61", "74": "19 23 87", "43": "25 39 70 90",
             "73": "09 12 31 32 46 65 81 82", "31": "59 62", "54": "16 17 79 86", "82": "01 07 26 38 42 69 73 74",
             "72": "24 33 40 47 64", "91": "11 30 34 48 66"}
    return [code for code, inside in table.items() if set(inside.split()) <= set(departments.split())]


def main():
    parser = argparse.ArgumentParser(description="Write the demonstration network as SQL for psql.")
    parser.add_argument("--seed", default="maillage", help="another seed gives another invented network")
    seed = parser.parse_args().seed
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    Writer(seed, sys.stdout).write()


if __name__ == "__main__":
    main()
