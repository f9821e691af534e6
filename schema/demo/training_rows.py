"""Writes the trainings as rows: those of 2012 and 2023 as they ended, without names (the time for keeping them is over),
and a live catalogue placed relative to the day of loading."""

import invent
import trainings as plan
from training_live import LIVE

FULL = ("Construire et conduire l'action avec méthode.", "Aucun prérequis.", "Permanents et bénévoles des structures du réseau.",
        "Apports, mises en situation, échanges de pratiques.", "Étude de cas et questionnaire de fin.",
        "Nous consulter pour adapter le lieu et les supports.", "formation@exemple.invalid")
HALVES = (("09:00", "12:30"), ("13:30", "17:00"))
WEEK = "SEMAINE-2023"

# One invoice for each structure and session of 2023; the declaration of that year, complete.
MONEY = f"""
insert into training.invoice (number, session_id, member_id, funding_code, amount_cents, invoiced_on, fictitious)
select 'F-2023-' || lpad((row_number() over (order by s.starts_on, s.id, e.member_id))::text, 4, '0'), s.id, e.member_id,
    min(e.funding_code), coalesce(s.flat_price_cents, sum(e.price_cents)), s.ends_on, true
from training.session s join training.enrolment e on e.session_id = s.id
where s.starts_on between '2023-01-01' and '2023-12-31' and s.counts_in_bpf
group by s.id, s.starts_on, s.ends_on, s.flat_price_cents, e.member_id having coalesce(s.flat_price_cents, sum(e.price_cents)) > 0;
insert into training.declaration (year, starts_on, ends_on, body_name, siret, nda, has_remote_training, turnover_cents,
    charges_cents, trainers_pay_cents, purchased_training_cents)
select 2023, '2023-01-01', '2023-12-31', 'Fédération (exemple fictif)', '{invent.siret(invent.siren(6))}', '11999900001', true, 120000000, 60000000, 9000000, 31000000;
"""


def write(writer, trainings):
    write_catalogue(writer, trainings)
    write_sessions(writer, trainings)
    write_week(writer, trainings)
    settle(writer)
    writer.out.write(MONEY)
    writer.out.write(LIVE)


def write_catalogue(writer, trainings):
    writer.copy("training.course", [
        "id", "code", "title", "objectives", "prerequisites", "audience", "methods", "assessment", "disability_access",
        "contact_email", "duration_minutes", "modality", "access_delay_days", "price_member_cents", "price_other_cents",
        "nsf_code", "bpf_objective", "certification_ref", "is_published", "starts_on", "ends_on", "fictitious"],
        [(writer.id("course", c.number), c.code, c.title, *FULL, 840, "ONSITE", 15, 40000, 60000, c.nsf, c.objective,
          "RNCP37275" if c.objective == "RNCP_4" else None, c.published, c.starts_on, c.ends_on, True)
         for c in trainings.courses])
    everybody = trainings.trainers + trainings.experts
    writer.copy("training.person", ["id", "purged_on", "fictitious"],
                [(writer.id("trainer-person", code), last if last and last.year < 2023 else None, True)
                 for code, _, _, last in everybody])
    writer.copy("training.trainer", ["id", "code", "kind", "person_id", "contract_ref", "starts_on", "ends_on", "fictitious"],
                [(writer.id("trainer", code), code, kind, writer.id("trainer-person", code),
                  f"CT-{code}" if kind == "EXTERNAL" else None, first, last, True)
                 for code, kind, first, last in everybody])
    names = [(writer.id("trainer-person", code), *invent.person_name(trainings.random))
             for code, _, _, last in everybody if last is None or last.year >= 2023]
    writer.stage("demo_trainer_name", "person_id uuid, given_name text, family_name text", names)
    writer.out.write("update training.person p set identity = training.sealed_identity(jsonb_build_object('given_name', n.given_name,"
                     " 'family_name', n.family_name)) from demo_trainer_name n where n.person_id = p.id;\n")


def write_sessions(writer, trainings):
    sessions, slots, teaching, people, enrolments, attendance, evaluations = [], [], [], [], [], [], []
    for s in trainings.sessions:
        session = writer.id("session", s.key)
        flat = 120000 * len(s.days) if s.client else None
        sessions.append((session, writer.id("course", s.course.number), s.kind,
                         writer.id("member", s.client.number) if s.client else None, "CONFIRMED", s.capacity, 2, 40000, 60000, flat, True))
        of_session = []
        for day in s.days:
            for half, (start, end) in enumerate(HALVES):
                slot = writer.id("slot", s.key, day, half)
                of_session.append(slot)
                slots.append((slot, session, f"{day} {start} Europe/Paris", f"{day} {end} Europe/Paris", "empty", day, "MORNING", 1, "ONSITE"))
                teaching.append((slot, writer.id("trainer", s.trainer), "empty"))
        for person, member, trainee_type, funding, state, answer in s.people:
            enrolment = writer.id("enrolment", person)
            people.append((writer.id("trainee", person), s.days[-1] + 1096 * plan.DAY, True))
            enrolments.append((enrolment, session, writer.id("trainee", person), writer.id("member", member.number), state, trainee_type,
                               funding, 0 if s.client else 40000, "FLAT" if s.client else "MEMBER", s.days[0], True))
            for place, slot in enumerate(of_session):
                away = state == "PARTIAL" and place == len(of_session) - 1
                attendance.append((enrolment, slot, "ABSENT" if away else "PRESENT", 0 if away else 210, None if away else "ONSITE_SIGNATURE"))
            if answer:
                evaluations.append((enrolment, "HOT", answer))
    copy_all(writer, sessions, slots, teaching, people, enrolments, attendance, evaluations)


def copy_all(writer, sessions, slots, teaching, people, enrolments, attendance, evaluations):
    writer.copy("training.session", ["id", "course_id", "kind", "client_member_id", "state", "capacity", "min_participants",
                                     "price_member_cents", "price_other_cents", "flat_price_cents", "fictitious"], sessions)
    writer.copy("training.slot", ["id", "session_id", "starts_at", "ends_at", "slot_range", "on_date", "half_day", "minutes", "modality"], slots)
    writer.copy("training.slot_trainer", ["slot_id", "trainer_id", "slot_range"], teaching)
    writer.copy("training.person", ["id", "purged_on", "fictitious"], people)
    writer.copy("training.enrolment", ["id", "session_id", "person_id", "member_id", "state", "trainee_type", "funding_code",
                                       "price_cents", "price_rule", "price_basis_on", "fictitious"], enrolments)
    writer.copy("training.attendance", ["enrolment_id", "slot_id", "status", "minutes", "evidence"], attendance)
    writer.copy("training.evaluation", ["enrolment_id", "moment", "score"], evaluations)


def write_week(writer, trainings):
    """The week of talks: 15 experts, 19 h 30; free for members, 20 € a talk or 50 € the week for others."""
    course = writer.id("course", "week")
    writer.copy("training.course", ["id", "code", "title", "starts_on", "ends_on", "nsf_code", "bpf_objective", "is_published", "fictitious"],
                [(course, WEEK, "Semaine de visionnage : une conférence", "2023-11-01", "2023-11-30", "332", "OTHER", False, True)])
    writer.copy("training.programme", ["id", "code", "title", "starts_on", "ends_on", "pass_member_cents", "pass_other_cents", "fictitious"],
                [(writer.id("programme", "week"), WEEK, "Semaine de visionnage 2023", "2023-11-06", "2023-11-10", 0, 5000, True)])
    sessions, slots, teaching, enrolments, attendance = [], [], [], [], []
    for talk in range(plan.TALKS):
        session, slot = writer.id("session", "week", talk), writer.id("slot", "week", talk)
        start = ("09:30", "11:30", "14:00")[talk % 3]
        end = ("10:48", "12:48", "15:18")[talk % 3]
        day = f"2023-11-{6 + talk // 3:02d}"
        sessions.append((session, course, writer.id("programme", "week"), f"Conférence {talk + 1}", "WEBINAR", "CONFIRMED", None, 0, 2000, False, False, True))
        slots.append((slot, session, f"{day} {start} Europe/Paris", f"{day} {end} Europe/Paris", "empty", day, "MORNING", 1, "REMOTE"))
        teaching.append((slot, writer.id("trainer", f"X{talk + 1:02d}"), "empty"))
    chosen = trainings.random.sample([m for m in trainings.members if m.active_on(trainings.sessions[-1].days[0])], 50)
    for talk, viewer, minutes in trainings.viewings():
        enrolment = writer.id("enrolment", "week", talk, viewer)
        member = chosen[viewer // 3].number if viewer < 150 else None
        enrolments.append((enrolment, writer.id("session", "week", talk), writer.id("trainee", "week", viewer),
                           writer.id("member", member) if member else None, "ATTENDED" if minutes == plan.TALK_MINUTES else "PARTIAL", True))
        attendance.append((enrolment, writer.id("slot", "week", talk), "PRESENT" if minutes == plan.TALK_MINUTES else "LATE", minutes, "REMOTE_LOG"))
    writer.copy("training.session", ["id", "course_id", "programme_id", "title", "kind", "state", "capacity", "price_member_cents",
                                     "price_other_cents", "counts_in_bpf", "counts_in_statistics", "fictitious"], sessions)
    writer.copy("training.slot", ["id", "session_id", "starts_at", "ends_at", "slot_range", "on_date", "half_day", "minutes", "modality"], slots)
    writer.copy("training.slot_trainer", ["slot_id", "trainer_id", "slot_range"], teaching)
    writer.copy("training.person", ["id", "purged_on", "fictitious"],
                [(writer.id("trainee", "week", viewer), "2026-11-11", True) for viewer in range(plan.VIEWERS)])
    writer.copy("training.enrolment", ["id", "session_id", "person_id", "member_id", "state", "fictitious"], enrolments)
    writer.copy("training.attendance", ["enrolment_id", "slot_id", "status", "minutes", "evidence"], attendance)


def settle(writer):
    """Sheets and sessions of the past are closed."""
    writer.out.write("update training.slot set closed_at = ends_at + interval '1 day';\n"
                     "update training.session set state = 'CLOSED';\n")
