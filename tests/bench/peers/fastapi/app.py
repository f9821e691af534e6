"""FastAPI and asyncpg under uvicorn workers."""
import contextlib
import hashlib
import json
import os
import uuid
from pathlib import Path

import asyncpg
from fastapi import Body, FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse, Response

SQL = json.loads(Path(os.environ["PEER_STATEMENTS"]).read_text())
OPEN = "select caller from session.open($1, $2, $3, 5000, $4)"
CLAIM = "select engine.idempotency_claim($1, $2)"
STORE = "select engine.idempotency_store($1, $2, $3, $4, $5)"

app = FastAPI()


async def set_codecs(connection):
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


@app.on_event("startup")
async def startup():
    app.state.pool = await asyncpg.create_pool(host=os.environ["PGHOST"], database=os.environ["PGDATABASE"],
                                               user=os.environ["PGUSER"], min_size=1, max_size=int(os.environ["PEER_POOL"]),
                                               server_settings={"keyed.secret": os.environ["PEER_SECRET"]}, init=set_codecs)


@contextlib.asynccontextmanager
async def session(authorization, scope, writes):
    if not authorization or not authorization.startswith("Bearer "):
        raise HTTPException(401)
    digest = hashlib.sha256(authorization[7:].encode()).hexdigest()
    async with app.state.pool.acquire() as connection, connection.transaction():
        try:
            await connection.fetchrow(OPEN, digest, scope, str(uuid.uuid4()), writes)
        except asyncpg.PostgresError as error:
            if error.sqlstate == "MA401":
                raise HTTPException(401) from error
            raise
        yield connection


async def one(authorization, scope, writes, name, value):
    async with session(authorization, scope, writes) as connection:
        row = await connection.fetchrow(SQL[name], value)
    if row is None:
        raise HTTPException(404)
    return JSONResponse(dict(row))


async def page(authorization, scope, writes, name, limit):
    async with session(authorization, scope, writes) as connection:
        rows = [dict(row) for row in await connection.fetch(SQL[name])]
    return JSONResponse({"data": rows[:limit], "page": {"limit": limit, "has_more": len(rows) > limit}})


@app.get("/v1/members/{member_id}")
async def get_member(member_id: uuid.UUID, authorization: str = Header(None)):
    return await one(authorization, "members:read", False, "member", member_id)


@app.get("/v1/members")
async def list_members(limit: int = 50, authorization: str = Header(None)):
    return await page(authorization, "members:read", False, "members", limit)


@app.get("/v1/passes/{pass_id}")
async def get_pass(pass_id: uuid.UUID, authorization: str = Header(None)):
    return await one(authorization, "passes:read", True, "pass", pass_id)


@app.get("/v1/passes")
async def list_passes(limit: int = 100, authorization: str = Header(None)):
    return await page(authorization, "passes:read", True, "passes", limit)


@app.post("/v1/passes")
async def create_pass(body: dict = Body(), authorization: str = Header(None), idempotency_key: str = Header()):
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    async with session(authorization, "passes:write", True) as connection:
        await connection.fetchrow(CLAIM, idempotency_key, digest)
        row = await connection.fetchrow(SQL["create"], body)
        answer = JSONResponse(dict(row)).body
        await connection.fetchrow(STORE, idempotency_key, digest, 201, "{}", answer.decode())
    return Response(answer, 201, {"Location": f"/v1/passes/{row['id']}"}, "application/json")
