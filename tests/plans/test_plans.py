"""Every declared filter and sort of every list, on large tables: no sequential scan, no sort of more than a page.

The daemon itself asks, so that what is explained is what runs: its statement, its policies, its parameters. A list over a
table that is small in the demonstration data is asked too and passes: rows for it belong into large.sql."""
import pathlib

import pytest
from explained import SETTINGS, Explained, rows_into, sequential, sorting
from support.samples import Samples
from support.system import Cluster, Daemon, read_config

HERE = pathlib.Path(__file__).parent
PAGE = 50
PAGE_MOST = 500  # what may be sorted: the largest page
LARGE = 5000  # rows from which on a table counts


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as copy:
        copy.create()
        with open(copy.data / "postgresql.auto.conf", "a", encoding="utf-8") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        copy.start()
        with copy.administrator() as connection:
            connection.execute((HERE / "large.sql").read_text("utf-8"))
        yield copy


@pytest.fixture(scope="module")
def large(cluster):
    with cluster.administrator() as connection:
        return set(connection.execute(
            "select relnamespace::regnamespace::text, relname from pg_class where relkind = 'r' and reltuples >= %s", [LARGE]))


@pytest.fixture(scope="module")
def daemon(cluster):
    config = read_config()
    with Daemon({"database": cluster.uri(config["database"]), "statement_timeout_ms": 60_000}) as running:
        yield running.start()


def known():
    lines = (HERE / "known.tsv").read_text("utf-8").splitlines()
    return {tuple(line.split("\t")[:3]) for line in lines if line and not line.startswith("#")}


def excuses(operation, sort, name):
    return {(operation.id, s, f) for s in ("*", sort.lstrip("-")) for f in ("*", name or "-")} & known()


def values(client, contract, operation):
    """{filter: a value that finds something}"""
    samples = Samples(client, contract)
    found = {}
    for parameter in operation.query_parameters():
        name = parameter["name"]
        if name in ("limit", "cursor", "sort", "fields", "csv", "end_marker", "include"):
            continue
        if parameter.get("x-ref"):
            path = contract.find(parameter["x-ref"]).path
            found[name] = client.get(path + "?limit=1").json["data"][0]["id"]
        else:
            found[name] = samples.value(parameter)
    return found


def sorts(contract, operation):
    parameter = next(p for p in operation.query_parameters() if p["name"] == "sort")
    return contract.resolve(contract.resolve(parameter["schema"])["items"])["enum"]


def too_much(plan, large):
    """What a plan does that it should not, in words."""
    return ([f"reads all of {node['Relation Name']}" for node in sequential(plan, large)]
            + [f"sorts {rows_into(node)} rows by {node['Sort Key']}" for node in sorting(plan, PAGE_MOST + 2, large)])


def requests(client, contract, operation):
    """Every sort with every filter, one at a time; what the operation demands always."""
    filters = values(client, contract, operation)
    demanded = {part["name"]: filters[part["name"]] for part in operation.query_parameters() if part.get("required")}
    path = Samples(client, contract).target(operation).split("?")[0]
    for sort in sorts(contract, operation):
        for name in (None, *filters):
            yield sort, name, path, demanded | {"sort": sort, "limit": PAGE} | ({name: filters[name]} if name else {})


@pytest.mark.timeout(400)
def test_no_list_reads_or_sorts_more_than_a_page(daemon, cluster, large, contract, keys, national):
    callers = [daemon.client(keys["NATIONAL"], "national"), daemon.client(keys["DELEGATION_BRETAGNE"], "bretagne")]
    log, faults, needed, asked = Explained(cluster), [], set(), 0
    for operation in contract.lists():
        if (operation.id, "*", "*") in known():
            continue
        for sort, name, path, query in requests(national, contract, operation):
            for client in callers:
                log.plans()
                answer = client.get(path, query=query, record=False)
                if answer.status in (403, 404):
                    continue
                assert answer.status == 200, (query, answer)
                asked += 1
                found = [fault for plan in log.plans() for fault in too_much(plan["Plan"], large)]
                if found and excuses(operation, sort, name):
                    needed |= excuses(operation, sort, name)
                elif found:
                    faults.append(f"{operation.id} sort={sort} {name or '-'} as {client.name}: " + "; ".join(found))
    assert asked > 400
    assert not faults, "\n".join(faults)
    idle = {line for line in known() - needed if line[1:] != ("*", "*")}
    assert not idle, f"no longer needed: {sorted(idle)}"
