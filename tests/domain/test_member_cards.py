"""Cards of members under concurrent writers: the last to commit writes what both have changed."""
import concurrent.futures
import random
import threading

import psycopg
import pytest
from support.client import environment

DIFFERENCES = """
select count(*) from (
    (select * from network.member_at(engine.today()) except select * from network.member_today())
    union all (select * from network.member_today() except select * from network.member_at(engine.today()))) d"""
CHANGES = [
    "update network.member set description = %(text)s where id = %(member)s",
    "update network.organisation set legal_name = %(text)s where id = (select organisation_id from network.member where id = %(member)s)",
    "update network.membership set note = %(text)s where member_id = %(member)s",
    "insert into network.suspension (member_id, starts_on, reason) select %(member)s, engine.today(), %(text)s"
    " where not exists (select from network.suspension where member_id = %(member)s)",
    "delete from network.suspension where member_id = %(member)s",
]


def connect():
    return psycopg.connect(environment("MAILLAGE_DATABASE"))


def card(owner, member):
    return owner.execute("select description, legal_name, good_until > '-infinity' from network.member_card where id = %s",
                         [member["id"]]).fetchone()


@pytest.fixture(scope="module")
def member(scratch):
    made = scratch.create()
    scratch.join(made, "2024-01-01")
    return made


def test_two_at_once_on_one_member(owner, member):
    with connect() as first, connect() as second:
        first.execute(CHANGES[0], {"text": "de la première", "member": member["id"]})
        done = threading.Event()

        def other():
            second.execute(CHANGES[1], {"text": "DE LA SECONDE", "member": member["id"]})
            second.commit()
            done.set()

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(other)
            assert not done.wait(0.3), "the second waits for the first"
            first.commit()
            assert done.wait(10)
    assert card(owner, member) == ("de la première", "DE LA SECONDE", True)


def test_what_is_taken_back_leaves_the_card(owner, member):
    before = card(owner, member)
    with connect() as connection:
        connection.execute(CHANGES[0], {"text": "jamais", "member": member["id"]})
        connection.rollback()
    assert card(owner, member) == before and before[2]


def test_many_writers_many_members(owner, scratch):
    members = [scratch.create() for _ in range(4)]
    for one in members:
        scratch.join(one, "2024-01-01")

    def write(seed):
        dice, lost = random.Random(seed), 0
        with connect() as connection:
            for turn in range(25):
                try:
                    for _ in range(dice.randint(1, 3)):
                        connection.execute(dice.choice(CHANGES), {"text": f"texte {seed}-{turn}", "member": dice.choice(members)["id"]})
                    connection.commit() if dice.random() < 0.8 else connection.rollback()
                except (psycopg.errors.DeadlockDetected, psycopg.errors.UniqueViolation, psycopg.errors.ExclusionViolation):
                    connection.rollback()
                    lost += 1
        return lost

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        lost = list(pool.map(write, range(6)))
    assert sum(lost) < 75, "most of 150 transactions come through"
    assert owner.execute("select count(*) from network.member_card where good_until = '-infinity'").fetchone() == (0,)
    assert owner.execute(DIFFERENCES).fetchone() == (0,)


def test_list_and_record_are_what_the_day_says(owner, national, partner, bretagne, member):
    """The same answer from the cards and from the computation that as_of asks for."""
    today = owner.execute("select engine.today()").fetchone()[0]
    everybody = ["sort=name", "kind=AI&sort=-name", "q=relais", "region=53"]
    staff = ["sort=-joined_on", "sort=-updated_at", "status=ACTIVE", "out_of_region=false"]
    for client, queries in ((national, everybody + staff), (bretagne, everybody + staff), (partner, everybody)):
        for query in queries:
            cards = client.get(f"/v1/members?limit=100&{query}")
            computed = client.get(f"/v1/members?limit=100&{query}&as_of={today}")
            assert (cards.status, computed.status) == (200, 200), query
            assert cards.json["data"] == computed.json["data"], query
    assert national.get(f"/v1/members/{member['id']}").json == national.get(f"/v1/members/{member['id']}?as_of={today}").json
