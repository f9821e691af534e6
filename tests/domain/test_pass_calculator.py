"""The worked examples of the PASS IAE (domain page, section 5) through POST /v1/pass-calculations, and each rule at its edge."""
import datetime

import pytest

P0 = {"starts_on": "2025-01-01"}
TODAY = "2026-11-21"


def calculate(anonymous, sent, **more):
    answer = anonymous.post("/v1/pass-calculations", {**sent, **more}, key=None)
    assert answer.status == 200, answer
    return answer.json


def refused(anonymous, sent, **more):
    answer = anonymous.post("/v1/pass-calculations", {**sent, **more}, key=None)
    assert (answer.status, answer.json["code"]) == (422, "pass-refused"), answer
    return [(error["pointer"], error["code"], error.get("allowed")) for error in answer.json["errors"]]


def suspension(starts_on, ends_on=None, reason="CONTRACT_BROKEN"):
    return {"starts_on": starts_on, "reason": reason} | ({"ends_on": ends_on} if ends_on else {})


def prolongation(starts_on, ends_on, reason="RQTH", **more):
    return {"starts_on": starts_on, "ends_on": ends_on, "reason": reason, **more}


def option(answer, reason):
    return next(option for option in answer["prolongation_options"] if option["reason"] == reason)


def notices(answer):
    return {(notice["code"], notice["basis"]) for notice in answer["notices"]}


# --- length, state, remaining days ---

@pytest.mark.parametrize("starts_on, ends_on", [
    ("2021-12-01", "2023-11-30"), ("2024-02-29", "2026-02-27"), ("2026-11-21", "2028-11-19"), ("2022-06-17", "2024-06-15")])
def test_e01_e02_e04_length(anonymous, starts_on, ends_on):
    answer = calculate(anonymous, {"starts_on": starts_on})
    assert (answer["ends_on"], answer["initial_ends_on"], answer["total_days"]) == (ends_on, ends_on, 730)


@pytest.mark.parametrize("as_of, state, remaining", [
    ("2024-12-31", "FUTURE", 730), ("2025-01-01", "VALID", 730), ("2026-12-31", "VALID", 1), ("2027-01-01", "EXPIRED", 0)])
def test_e06_state_by_day(anonymous, as_of, state, remaining):
    answer = calculate(anonymous, P0, as_of=as_of)
    assert (answer["state"], answer["remaining_days"], answer["ends_on"]) == (state, remaining, "2026-12-31")
    assert answer["usable"] is (state == "VALID")


E07 = {"starts_on": "2021-03-25", "ends_on": "2023-03-24", "as_of": "2022-11-22"}
E07_PROLONGATIONS = [prolongation("2023-03-24", "2023-03-28"), prolongation("2023-03-28", "2023-04-02"),
                     prolongation("2023-04-02", "2023-05-02")]


def test_e07_remaining_days(anonymous):
    assert calculate(anonymous, E07)["remaining_days"] == 123
    assert calculate(anonymous, E07, prolongations=E07_PROLONGATIONS)["remaining_days"] == 162
    answer = calculate(anonymous, E07, prolongations=E07_PROLONGATIONS, suspensions=[
        suspension("2021-03-25", "2021-03-30"), suspension("2022-11-01", "2022-12-01")])
    assert (answer["ends_on"], answer["state"], answer["remaining_days"], answer["resumed_today_ends_on"]) == (
        "2023-06-06", "SUSPENDED", 187, "2023-05-27")


E08 = {**P0, "suspensions": [suspension("2025-07-01", "2025-07-31")]}


@pytest.mark.parametrize("as_of, state, remaining", [
    ("2025-07-01", "SUSPENDED", 548), ("2025-07-31", "SUSPENDED", 548), ("2025-08-01", "VALID", 548), ("2025-08-02", "VALID", 547)])
def test_e08_a_suspension_moves_the_end(anonymous, as_of, state, remaining):
    answer = calculate(anonymous, E08, as_of=as_of)
    assert (answer["state"], answer["remaining_days"], answer["ends_on"]) == (state, remaining, "2027-01-30")
    assert (answer["suspended_days"], answer["paused_days"]) == (30, 31)
    assert ("DAY_LOST_PER_SUSPENSION", "OBSERVED") in notices(answer)


def test_e08_resumed_today(anonymous):
    assert calculate(anonymous, P0, as_of="2025-07-01")["remaining_days"] == 549
    assert calculate(anonymous, E08, as_of="2025-07-15")["resumed_today_ends_on"] == "2027-01-13"


@pytest.mark.parametrize("as_of", ["2025-07-01", "2025-07-02"])
def test_e09_a_day_of_suspension_moves_nothing(anonymous, as_of):
    answer = calculate(anonymous, P0, as_of=as_of, suspensions=[suspension("2025-07-01", "2025-07-01")])
    assert (answer["ends_on"], answer["remaining_days"]) == ("2026-12-31", 548)


# --- suspensions ---

@pytest.mark.parametrize("as_of, last", [
    ("2026-11-21", "2029-11-20"), ("2024-02-29", "2027-02-27"), ("2025-03-01", "2028-02-29"), ("2026-08-31", "2029-08-30")])
def test_e11_longest_suspension(anonymous, as_of, last):
    base = {"starts_on": as_of[:4] + "-01-01", "as_of": as_of}
    assert calculate(anonymous, base)["suspension"]["max_ends_on"] == last
    answer = calculate(anonymous, base, suspensions=[suspension(as_of)])
    assert (answer["suspension"]["ends_on"], answer["suspension"]["max_ends_on"]) == (last, last)
    day_after = (datetime.date.fromisoformat(last) + datetime.timedelta(1)).isoformat()
    assert refused(anonymous, base, suspensions=[suspension(as_of, day_after)]) == [
        ("/suspensions/0/ends_on", "suspension-too-long", f"≤ {last}")]


def test_e13_suspension_over_the_end(anonymous):
    base = {"starts_on": "2024-12-01", "ends_on": "2026-11-30", "suspensions": [suspension("2026-11-15", "2027-01-31")]}
    answer = calculate(anonymous, base, as_of="2026-12-01")
    assert (answer["ends_on"], answer["state"], answer["remaining_days"]) == ("2027-02-15", "SUSPENDED", 15)
    answer = calculate(anonymous, base, as_of="2027-02-01")
    assert (answer["state"], answer["remaining_days"]) == ("VALID", 15)


def test_e15_three_refusals_of_a_suspension(anonymous):
    ended = {"starts_on": "2024-11-01", "ends_on": "2026-10-31", "as_of": TODAY}
    assert refused(anonymous, ended, suspensions=[suspension("2026-11-01", "2026-11-30")]) == [
        ("/suspensions/0/starts_on", "suspension-outside-pass", "2024-11-01/2026-10-31")]
    assert refused(anonymous, P0, as_of=TODAY, suspensions=[suspension("2026-11-22", "2026-11-30")]) == [
        ("/suspensions/0/starts_on", "suspension-in-future", "≤ 2026-11-21")]
    assert refused(anonymous, P0, as_of=TODAY, suspensions=[
        suspension("2026-05-01", "2026-05-31"), suspension("2026-05-31", "2026-06-30")]) == [
        ("/suspensions/1/starts_on", "suspension-overlap", "> 2026-05-31")]


def test_e15_of_two_that_overlap_the_later_one_is_named_whatever_the_order(anonymous):
    assert refused(anonymous, P0, as_of=TODAY, suspensions=[
        suspension("2026-05-31", "2026-06-30"), suspension("2026-05-01", "2026-05-31")])[0][0] == "/suspensions/0/starts_on"


def test_e16_adjacent_suspensions(anonymous):
    answer = calculate(anonymous, P0, as_of=TODAY, suspensions=[
        suspension("2026-05-01", "2026-05-31"), suspension("2026-06-01", "2026-06-30")])
    assert answer["ends_on"] == "2027-02-28"  # 30 + 29 days


def test_e17_earliest_start(anonymous):
    base = {"starts_on": "2024-05-02", "ends_on": "2027-12-31", "as_of": TODAY, "last_hire_on": "2024-05-02"}
    assert calculate(anonymous, base)["suspension"]["earliest_starts_on"] == "2025-11-21"
    answer = calculate(anonymous, base, suspensions=[suspension("2026-02-01", "2026-03-31")])
    assert answer["suspension"]["earliest_starts_on"] == "2026-04-01"


def test_contrat_passerelle_is_for_ei_and_aci(anonymous):
    item = [suspension("2026-05-01", "2026-05-31", "CONTRAT_PASSERELLE")]
    for kind in ("EI", "ACI"):
        calculate(anonymous, P0, as_of=TODAY, siae_kind=kind, suspensions=item)
    for kind in ("AI", "ETTI", "EITI"):
        assert refused(anonymous, P0, as_of=TODAY, siae_kind=kind, suspensions=item) == [
            ("/suspensions/0/reason", "suspension-employer-kind", "EI, ACI")]


# --- a hire lifts a suspension ---

def test_e19_hire_during_a_suspension(anonymous):
    base = {"starts_on": "2022-06-17", "as_of": "2022-09-17", "suspensions": [suspension("2022-07-17", "2022-12-17")]}
    assert calculate(anonymous, base)["ends_on"] == "2024-11-15"
    answer = calculate(anonymous, base, hire_on="2022-09-17")
    assert (answer["ends_on"], answer["remaining_days"], answer["state"]) == ("2024-08-15", 699, "VALID")


E21 = {"starts_on": "2025-09-01", "ends_on": "2027-08-31", "suspensions": [suspension("2026-10-01", "2026-11-30")]}


def test_e21_hire_on_the_first_day_takes_the_suspension_away(anonymous):
    assert calculate(anonymous, E21, as_of="2026-10-01", hire_on="2026-10-01")["ends_on"] == "2027-08-31"


def test_e22_hire_after_the_end_stretches_the_suspension(anonymous):
    assert calculate(anonymous, E21, as_of=TODAY)["ends_on"] == "2027-10-30"
    answer = calculate(anonymous, E21, as_of=TODAY, hire_on="2026-12-15")
    assert (answer["ends_on"], answer["suspension"]["ends_on"]) == ("2027-11-13", "2026-12-14")
    assert ("SUSPENSION_STRETCHED", "OBSERVED") in notices(answer)


@pytest.mark.parametrize("reason", ["SICKNESS", "MATERNITY", "INCARCERATION", "TRIAL_OUTSIDE_IAE", "DETOXIFICATION", "FORCE_MAJEURE"])
def test_e23_older_reasons_are_not_lifted(anonymous, reason):
    base = {**E21, "as_of": TODAY, "suspensions": [suspension("2026-10-01", "2026-11-30", reason)]}
    assert calculate(anonymous, base)["usable"] is False
    assert refused(anonymous, base, hire_on="2026-11-25") == [("/hire_on", "hire-blocked-by-suspension", "> 2026-11-30")]


def test_e25_days_lost_by_deleting(anonymous):
    assert calculate(anonymous, E21, as_of=TODAY)["suspension"]["elapsed_days"] == 52


# --- prolongations ---

STOCK = {"starts_on": "2021-12-01", "ends_on": "2023-11-30", "siae_kind": "AI", "as_of": TODAY, "origin": "AI_STOCK"}


def three(reason):
    return [prolongation("2023-11-30", "2024-11-29", reason), prolongation("2024-11-29", "2025-11-29", reason),
            prolongation("2025-11-29", "2026-11-29", reason)]


@pytest.mark.parametrize("reason", ["RQTH", "PARTICULAR_DIFFICULTIES"])
def test_e26_three_prolongations_of_the_ai_stock(anonymous, reason):
    ends = [calculate(anonymous, STOCK, prolongations=three(reason)[:n])["ends_on"] for n in (1, 2, 3)]
    assert ends == ["2024-11-29", "2025-11-29", "2026-11-29"]
    answer = calculate(anonymous, STOCK, prolongations=three(reason))
    assert answer["legal_limit"] == {"months": 60, "ends_on": "2026-11-30"}
    for other in ("RQTH", "PARTICULAR_DIFFICULTIES"):
        assert (option(answer, other)["allowed"], option(answer, other)["why_not"]) == (False, "CAP_REACHED")
    assert option(answer, "SENIOR")["max_ends_on"] == "2028-11-28"
    assert refused(anonymous, STOCK, prolongations=[*three(reason), prolongation("2026-11-29", "2026-11-30", reason)]) == [
        ("/prolongations/3/reason", "prolongation-cap-reached", None)]
    calculate(anonymous, STOCK, prolongations=[*three(reason), prolongation("2026-11-29", "2027-11-29", "SENIOR")])


def test_the_cap_adds_up_all_reasons(anonymous):
    used = [prolongation("2023-11-30", "2024-11-29", "COMPLETE_TRAINING"), prolongation("2024-11-29", "2025-11-29", "RQTH")]
    answer = calculate(anonymous, STOCK, prolongations=used)
    assert (option(answer, "RQTH")["used_days"], option(answer, "RQTH")["remaining_days"]) == (730, 365)
    assert refused(anonymous, STOCK, prolongations=[*used, prolongation("2025-11-29", "2026-11-30", "RQTH")]) == [
        ("/prolongations/2/ends_on", "prolongation-cap-reached", "≤ 2026-11-29")]


def test_e28_cdi_inclusion(anonymous):
    answer = calculate(anonymous, STOCK, as_of="2023-11-01")
    assert option(answer, "SENIOR_CDI")["max_ends_on"] == "2033-11-27"
    assert (option(answer, "SENIOR_CDI")["decided_by"], option(answer, "SENIOR_CDI")["cap_days"]) == ("EMPLOYER", None)


def test_e29_longest_end_by_reason(anonymous):
    answer = calculate(anonymous, {"starts_on": "2019-02-03", "ends_on": "2021-02-01", "siae_kind": "ACI", "as_of": TODAY})
    assert {one["reason"]: one["max_ends_on"] for one in answer["prolongation_options"]} == {
        "SENIOR_CDI": "2031-01-30", "COMPLETE_TRAINING": "2022-02-01", "RQTH": "2024-02-01",
        "PARTICULAR_DIFFICULTIES": "2024-02-01", "SENIOR": "2026-01-31"}


@pytest.mark.parametrize("ends_on, opens_on, closes_on", [
    ("2026-11-30", "2025-11-30", "2027-05-30"), ("2026-08-31", "2025-08-31", "2027-02-28"),
    ("2028-02-29", "2027-02-28", "2028-08-29"), ("2027-02-28", "2026-02-28", "2027-08-28")])
def test_e30_window(anonymous, ends_on, opens_on, closes_on):
    base = {"starts_on": "2025-01-01", "ends_on": ends_on}
    assert calculate(anonymous, base, as_of=TODAY)["prolongation_window"]["opens_on"] == opens_on
    day_before = (datetime.date.fromisoformat(opens_on) - datetime.timedelta(1)).isoformat()
    day_after = (datetime.date.fromisoformat(closes_on) + datetime.timedelta(1)).isoformat()
    for as_of, is_open, why in ((opens_on, True, None), (closes_on, True, None), (day_after, False, "WINDOW_CLOSED")):
        if as_of < "2026-05-21":
            continue  # other windows were in force
        answer = calculate(anonymous, base, as_of=as_of)
        assert (answer["prolongation_window"]["open"], option(answer, "RQTH")["why_not"]) == (is_open, why), as_of
        assert answer["prolongation_window"]["closes_on"] == closes_on
    if day_before >= "2026-05-21":
        assert option(calculate(anonymous, base, as_of=day_before), "RQTH")["why_not"] == "WINDOW_NOT_OPEN"


def test_e33_prolonged_after_the_end(anonymous):
    base = {"starts_on": "2024-08-01", "ends_on": "2026-07-31", "as_of": TODAY}
    assert calculate(anonymous, base)["state"] == "EXPIRED"
    answer = calculate(anonymous, base, prolongations=[prolongation("2026-07-31", "2027-07-31", decided_on=TODAY)])
    assert (answer["ends_on"], answer["state"], answer["remaining_days"]) == ("2027-07-31", "VALID", 253)
    assert [(n["from"], n["to"]) for n in answer["notices"] if n["code"] == "COVERED_AFTER_THE_FACT"] == [
        ("2026-08-01", "2026-11-20")]


def test_e34_difficulties_at_ai_and_aci_only(anonymous):
    item = [prolongation("2026-12-31", "2027-12-31", "PARTICULAR_DIFFICULTIES")]
    for kind in ("AI", "ACI"):
        calculate(anonymous, P0, as_of=TODAY, siae_kind=kind, prolongations=item)
    for kind in ("EI", "ETTI", "EITI"):
        assert refused(anonymous, P0, as_of=TODAY, siae_kind=kind, prolongations=item) == [
            ("/prolongations/0/reason", "prolongation-employer-kind", "AI, ACI")]
        assert option(calculate(anonymous, P0, as_of=TODAY, siae_kind=kind), "PARTICULAR_DIFFICULTIES")["why_not"] == "EMPLOYER_KIND"


def test_e35_no_prolongation_while_suspended_or_waiting(anonymous):
    answer = calculate(anonymous, P0, as_of=TODAY, suspensions=[suspension("2026-11-01", "2026-12-01")])
    assert {one["why_not"] for one in answer["prolongation_options"]} == {"SUSPENDED"}
    answer = calculate(anonymous, P0, as_of=TODAY, pending_request={
        "starts_on": "2026-12-31", "ends_on": "2027-12-31", "reason": "RQTH", "requested_on": "2026-11-02"})
    assert {one["why_not"] for one in answer["prolongation_options"]} == {"REQUEST_PENDING"}


E36 = {**P0, "as_of": TODAY, "suspensions": [suspension("2026-11-21", "2027-02-18")]}


def test_e36_a_grant_adds_days_to_the_end_of_that_day(anonymous):
    answer = calculate(anonymous, E36, pending_request={
        "starts_on": "2026-12-31", "ends_on": "2027-12-31", "reason": "RQTH", "requested_on": "2026-11-02"})
    assert (answer["ends_on"], answer["pending_request"]["if_granted_ends_on"]) == ("2027-03-30", "2028-03-29")
    assert ("GRANT_ADDS_DAYS", "OBSERVED") in notices(answer)
    granted = calculate(anonymous, E36, prolongations=[prolongation("2026-12-31", "2027-12-31")])
    assert granted["ends_on"] == "2028-03-29"
    assert ("GRANT_ADDS_DAYS", "OBSERVED") in notices(granted)


def test_e38_a_request_does_not_keep_a_pass_alive(anonymous):
    request = {"starts_on": "2026-12-31", "ends_on": "2027-12-31", "reason": "RQTH", "requested_on": "2026-12-01"}
    assert calculate(anonymous, P0, as_of="2027-01-05", pending_request=request)["state"] == "EXPIRED"
    assert calculate(anonymous, P0, as_of="2027-01-05", prolongations=[prolongation("2026-12-31", "2027-12-31")])["state"] == "VALID"


@pytest.mark.parametrize("item, fault", [
    (prolongation("2026-12-30", "2027-12-30"), ("/prolongations/0/starts_on", "prolongation-start", "2026-12-31")),
    (prolongation("2027-01-01", "2027-12-31"), ("/prolongations/0/starts_on", "prolongation-start", "2026-12-31")),
    (prolongation("2026-12-31", "2026-12-31"), ("/prolongations/0/ends_on", "prolongation-dates-order", "> 2026-12-31")),
    (prolongation("2026-12-31", "2028-01-01", "COMPLETE_TRAINING"),
     ("/prolongations/0/ends_on", "prolongation-too-long", "≤ 2027-12-31")),
    (prolongation("2026-12-31", "2036-12-29", "SENIOR_CDI"), ("/prolongations/0/ends_on", "prolongation-too-long", "≤ 2036-12-28"))])
def test_what_a_prolongation_may_be(anonymous, item, fault):
    assert refused(anonymous, P0, as_of=TODAY, prolongations=[item]) == [fault]


def test_a_later_suspension_does_not_move_an_earlier_start(anonymous):
    base = {"starts_on": "2023-01-01", "ends_on": "2024-12-30", "as_of": TODAY,
            "suspensions": [suspension("2025-03-01", "2025-03-31")]}
    calculate(anonymous, base, prolongations=[prolongation("2024-12-30", "2025-12-30")])
    assert refused(anonymous, base, prolongations=[prolongation("2025-01-15", "2026-01-15")])[0] == (
        "/prolongations/0/starts_on", "prolongation-start", "2024-12-30")


def test_a_longer_step_is_the_platforms_own(anonymous):
    answer = calculate(anonymous, P0, as_of=TODAY, prolongations=[prolongation("2026-12-31", "2028-01-01")])
    assert ("STEP_EXCEEDED", "PLATFORM") in notices(answer)


def test_ages(anonymous):
    answer = calculate(anonymous, P0, as_of=TODAY, birth_date="1977-01-01")
    assert option(answer, "SENIOR")["why_not"] == "TOO_YOUNG"
    answer = calculate(anonymous, P0, as_of=TODAY, birth_date="1976-12-31")
    assert (option(answer, "SENIOR")["allowed"], option(answer, "SENIOR")["conditions"]) == (True, [])
    assert option(answer, "SENIOR_CDI")["why_not"] == "TOO_YOUNG"
    assert option(calculate(anonymous, P0, as_of=TODAY, birth_date="1969-12-31"), "SENIOR_CDI")["allowed"] is True


# --- the end, and after ---

@pytest.mark.parametrize("ends_on, last, running", [
    ("2024-02-29", "2026-02-28", False), ("2024-11-20", "2026-11-20", False), ("2024-11-21", "2026-11-21", True)])
def test_e39_waiting_period(anonymous, ends_on, last, running):
    answer = calculate(anonymous, {"starts_on": "2022-03-01", "ends_on": ends_on}, as_of=TODAY)
    assert (answer["waiting_period"]["ends_on"], answer["waiting_period"]["running"]) == (last, running)
    assert answer["waiting_period"]["ends_on_by_law"] == last


E41 = {"starts_on": "2025-06-01", "as_of": TODAY, "suspensions": [suspension("2025-10-01", "2028-09-30")]}


def test_e41_closure_shows_both_waiting_periods(anonymous):
    answer = calculate(anonymous, E41, closed_on=TODAY)
    assert (answer["ends_on"], answer["waiting_period"]["ends_on"], answer["waiting_period"]["ends_on_by_law"]) == (
        "2026-11-20", "2028-11-20", "2027-10-01")
    assert answer["state"] == "EXPIRED" and {one["why_not"] for one in answer["prolongation_options"]} == {"PASS_CLOSED"}
    assert ("WAITING_PERIOD_SHORTER_BY_LAW", "LAW") in notices(answer)


def test_closable_from_the_366th_day_after(anonymous):
    for as_of, closable in (("2026-10-01", False), ("2026-10-02", True)):
        standing = calculate(anonymous, {**E41, "as_of": as_of})["suspension"]
        assert (standing["closable"], standing["closable_from"]) == (closable, "2026-10-02")
    assert refused(anonymous, {**E41, "as_of": "2026-10-01"}, closed_on="2026-10-01") == [("/closed_on", "closure-not-possible", None)]
    assert refused(anonymous, E41, closed_on="2026-11-22") == [("/closed_on", "closure-in-future", "≤ 2026-11-21")]


# --- hires, diagnoses ---

def test_e42_hire_within_the_pass(anonymous):
    base = {"starts_on": "2024-12-01", "ends_on": "2026-11-30", "as_of": TODAY}
    calculate(anonymous, base, hire_on="2026-11-30")
    assert refused(anonymous, base, hire_on="2026-12-01") == [("/hire_on", "hire-after-end", "≤ 2026-11-30")]


def test_e44_hire_dates(anonymous):
    base = {"starts_on": "2026-01-01", "as_of": TODAY}
    assert refused(anonymous, base, hire_on="2026-11-20") == [("/hire_on", "hire-in-past", "≥ 2026-11-21")]
    calculate(anonymous, base, hire_on="2027-05-21")
    assert refused(anonymous, base, hire_on="2027-05-22") == [("/hire_on", "hire-too-far", "≤ 2027-05-21")]
    assert calculate(anonymous, base)["hire"] == {
        "earliest_on": TODAY, "latest_on": "2027-05-21", "latest_on_employer_diagnosis": "2027-02-21"}


@pytest.mark.parametrize("made_on, author, expires_on, last", [
    ("2026-11-21", "EMPLOYER", "2027-02-21", "2027-02-20"), ("2026-08-31", "PRESCRIBER", "2027-02-28", "2027-02-27")])
def test_e45_validity_of_a_diagnosis(anonymous, made_on, author, expires_on, last):
    diagnosis = calculate(anonymous, P0, as_of=TODAY, diagnosis={"made_on": made_on, "author": author})["diagnosis"]
    assert (diagnosis["expires_on"], diagnosis["last_valid_on"], diagnosis["valid"]) == (expires_on, last, True)


@pytest.mark.parametrize("kind, level_1, level_2, author, sufficient", [
    ("AI", 0, 2, "EMPLOYER", True), ("ETTI", 0, 2, "EMPLOYER", True), ("ACI", 0, 2, "EMPLOYER", False),
    ("EI", 0, 3, "EMPLOYER", True), ("EITI", 0, 2, "EMPLOYER", False), ("EI", 1, 0, "EMPLOYER", True),
    ("AI", 0, 1, "EMPLOYER", False), ("EI", 0, 0, "PRESCRIBER", True)])
def test_e46_criteria(anonymous, kind, level_1, level_2, author, sufficient):
    diagnosis = calculate(anonymous, P0, as_of=TODAY, siae_kind=kind, diagnosis={
        "made_on": "2026-11-01", "author": author, "level_1": level_1, "level_2": level_2})["diagnosis"]
    assert diagnosis["sufficient"] is sufficient


def test_e47_a_cancelled_hire(anonymous):
    assert calculate(anonymous, P0, cancelled_hire={"accepted_hires": 1})["cancellation"] == {"pass": "CANCELLED"}
    assert calculate(anonymous, P0, cancelled_hire={"accepted_hires": 2})["cancellation"] == {"pass": "KEPT"}
    assert refused(anonymous, P0, cancelled_hire={"accepted_hires": 1, "record_sent": True}) == [
        ("/cancelled_hire/record_sent", "hire-cancel-record-sent", None)]
    assert refused(anonymous, STOCK, cancelled_hire={"accepted_hires": 1}) == [("/cancelled_hire", "hire-cancel-ai-stock", None)]


def test_e51_retention(anonymous):
    answer = calculate(anonymous, {"starts_on": "2022-11-23", "ends_on": "2024-11-21"}, as_of=TODAY)
    assert answer["retention"] == {
        "platform_notice_on": "2026-10-22", "platform_erases_on": "2026-11-21", "erase_after": "2026-11-21"}


def test_e52_reminders_of_a_request(anonymous):
    answer = calculate(anonymous, P0, as_of=TODAY, pending_request={
        "starts_on": "2026-12-31", "ends_on": "2027-12-31", "reason": "RQTH", "requested_on": "2026-11-02"})
    assert answer["pending_request"]["reminders_on"] == ["2026-11-12", "2026-11-22", "2026-12-02"]
    assert answer["pending_request"]["age_days"] == 19


# --- the answer as a whole ---

def test_milestones_come_in_order_and_none_is_past(anonymous):
    milestones = calculate(anonymous, P0, as_of=TODAY)["milestones"]
    assert milestones == sorted(milestones, key=lambda one: (one["on"], one["code"]))
    assert [one["on"] for one in milestones if one["on"] < TODAY] == []
    assert {"END_IN_30_DAYS", "ENDS", "WINDOW_CLOSES_SOON", "WINDOW_CLOSES", "WAITING_PERIOD_ENDS", "ERASED"} == {
        one["code"] for one in milestones}


def test_every_answer_says_its_rules(anonymous):
    rules = {rule["key"]: rule for rule in calculate(anonymous, P0, as_of=TODAY)["rules"]}
    assert (rules["PASS_LENGTH"]["value"], rules["PASS_LENGTH"]["unit"], rules["PASS_LENGTH"]["legal_reference"]) == (
        730, "DAYS", "R. 5132-1-2")
    assert (rules["PROLONGATION_WINDOW_AFTER"]["value"], rules["PROLONGATION_WINDOW_AFTER"]["valid_from"]) == (6, "2026-05-21")


def test_the_length_is_cited_when_it_was_used(anonymous):
    cited = {rule["key"]: rule for rule in calculate(anonymous, {"starts_on": "2022-06-17"}, as_of="2022-09-17")["rules"]}
    assert (cited["PASS_LENGTH"]["value"], cited["PASS_LENGTH"]["unit"]) == (730, "DAYS")
    given = calculate(anonymous, {"starts_on": "2022-06-17", "ends_on": "2024-06-16"}, as_of="2022-09-17")
    assert "PASS_LENGTH" not in {rule["key"] for rule in given["rules"]}


def test_two_calendar_years_before_2024_are_told_beside(anonymous):
    answer = calculate(anonymous, {"starts_on": "2022-06-17"}, as_of="2022-09-17")
    assert [(n["from"], n["to"]) for n in answer["notices"] if n["code"] == "TWO_CALENDAR_YEARS_BEFORE_2024"] == [
        ("2024-06-15", "2024-06-16")]


def test_the_window_of_another_day_follows_the_rules_of_that_day(anonymous):
    base = {"starts_on": "2023-01-01", "ends_on": "2024-12-31"}
    answer = calculate(anonymous, base, as_of="2024-06-30")
    assert answer["prolongation_window"] == {"opens_on": "2024-05-31", "closes_on": "2024-12-31", "open": True}


@pytest.mark.parametrize("field", ["starts_on", "as_of", "ends_on", "hire_on", "closed_on"])
@pytest.mark.parametrize("value", ["1900-01-01", "2004-12-31", "2101-01-01", "9999-12-31"])
def test_days_of_another_age_are_refused_by_name(anonymous, field, value):
    faults = refused(anonymous, P0 | {field: value})
    assert (f"/{field}", "pass-date-out-of-range", "2005-01-01/2100-12-31") in faults


@pytest.mark.parametrize("value", ["2024-02-30", "infinity", "now", "2024-13-01", "10000-01-01", "01/02/2024", "2024-01-01T00:00:00Z", ""])
def test_no_date_at_all_is_a_422_that_names_it(anonymous, value):
    answer = anonymous.post("/v1/pass-calculations", {"starts_on": value}, key=None)
    assert answer.status == 422 and answer.json["errors"][0]["pointer"] == "/starts_on", answer


def test_all_faults_at_once(anonymous):
    faults = refused(anonymous, P0, as_of=TODAY, siae_kind="EI", suspensions=[
        suspension("2026-12-01", "2026-12-31"), suspension("2024-12-31", "2025-01-31")],
        prolongations=[prolongation("2026-11-30", "2027-11-30", "PARTICULAR_DIFFICULTIES")])
    assert {code for _, code, _ in faults} == {
        "suspension-in-future", "suspension-outside-pass", "prolongation-start", "prolongation-employer-kind"}


def test_the_longest_lists_are_answered_and_one_more_is_refused(anonymous):
    days = [datetime.date(2025, 1, 1) + datetime.timedelta(10 * n) for n in range(51)]
    items = [suspension(day.isoformat(), (day + datetime.timedelta(4)).isoformat()) for day in days]
    assert calculate(anonymous, P0, as_of=TODAY, suspensions=items[:50])["suspended_days"] == 200
    answer = anonymous.post("/v1/pass-calculations", {**P0, "suspensions": items}, key=None)
    assert answer.status == 422 and answer.json["errors"][0]["code"] == "too-many-items"


def test_a_list_that_is_all_wrong_still_says_where(anonymous):
    items = [suspension("2026-12-01", "2026-12-31") for _ in range(50)]
    faults = refused(anonymous, P0, as_of=TODAY, suspensions=items)
    assert ("/suspensions/0/starts_on", "suspension-in-future", "≤ 2026-11-21") in faults
