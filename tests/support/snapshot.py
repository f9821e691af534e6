"""What tests/exchange/validate.py needs of the running system, written down while it still runs: the contract, the names of
constraints, the metrics, the problem pages that were pointed at. Beside the recording, readable by its owner only."""
import json
import os
import pathlib

import psycopg

from .client import Client, client_for

CONSTRAINTS = """
    select conname from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where n.nspname not in ('pg_catalog', 'information_schema')
    union select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'i' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"""


def path_of(record):
    return record + ".context"


def seen_types(record):
    types = set()
    with open(record, encoding="utf-8") as file:
        for line in file:
            if "/v1/problems/" in line:
                exchange = json.loads(line)
                if (
                    exchange["status"] >= 400
                    and exchange["body"].get("text", "").startswith("{")
                    and not exchange["body"]["cut"]
                ):
                    types.add(json.loads(exchange["body"]["text"]).get("type"))
    return {address for address in types if address and "/v1/problems/" in address}


def secrets():
    """Texts that must be nowhere: the secret part of every key of the run, and the secret that signs cursors."""
    found = [value.rsplit("_", 1)[-1][:32] for name, value in os.environ.items() if name.startswith("MAILLAGE_KEY_")]
    for name in ("secret", "secret-key"):
        secret = pathlib.Path(os.environ["MAILLAGE_RUN"]) / name
        if secret.is_file():
            found.append(secret.read_text("ascii").strip())
    return [text for text in found if len(text) >= 16]


def take(record):
    client = Client(os.environ["MAILLAGE_URL"])
    pages = {}
    for address in seen_types(record):
        page = client.get(address[address.index("/v1/") :], record=False)
        pages[address] = [page.status, page.media_type]
    with psycopg.connect(os.environ["MAILLAGE_DATABASE"]) as connection:
        constraints = [row[0] for row in connection.execute(CONSTRAINTS).fetchall()]
    admin = os.environ.get("MAILLAGE_ADMIN")
    context = {
        "contract": client.get("/v1/openapi.json", record=False).json,
        "pages": pages,
        "constraints": [name for name in constraints if "_" in name],
        "metrics": client_for(admin).get("/metrics", record=False).text if admin else None,
        "secrets": secrets(),
    }
    descriptor = os.open(path_of(record), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(context, file)


if __name__ == "__main__":
    take(os.environ["MAILLAGE_RECORD"])
