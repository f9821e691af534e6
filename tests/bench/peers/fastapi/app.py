"""FastAPI and asyncpg under uvicorn workers."""
import hashlib
import json
import os
import uuid
from pathlib import Path

import asyncpg
from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse

ONE = Path(os.environ["PEER_ONE"]).read_text()
PAGE = Path(os.environ["PEER_PAGE"]).read_text()
OPEN = "select caller from session.open($1, 'members:read', $2, 5000, false)"

app = FastAPI()


async def set_codecs(connection):
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


@app.on_event("startup")
async def startup():
    app.state.pool = await asyncpg.create_pool(host=os.environ["PGHOST"], database=os.environ["PGDATABASE"],
                                               user=os.environ["PGUSER"], min_size=1, max_size=int(os.environ["PEER_POOL"]),
                                               init=set_codecs)


async def in_session(authorization, statement, *values):
    if not authorization or not authorization.startswith("Bearer "):
        raise HTTPException(401)
    digest = hashlib.sha256(authorization[7:].encode()).hexdigest()
    async with app.state.pool.acquire() as connection, connection.transaction():
        try:
            await connection.fetchrow(OPEN, digest, str(uuid.uuid4()))
        except asyncpg.PostgresError as error:
            if error.sqlstate == "MA401":
                raise HTTPException(401) from error
            raise
        return [dict(row) for row in await connection.fetch(statement, *values)]


@app.get("/v1/members/{member_id}")
async def get_member(member_id: uuid.UUID, authorization: str = Header(None)):
    rows = await in_session(authorization, ONE, member_id)
    if not rows:
        raise HTTPException(404)
    return JSONResponse(rows[0])


@app.get("/v1/members")
async def list_members(limit: int = 50, authorization: str = Header(None)):
    rows = await in_session(authorization, PAGE)
    return JSONResponse({"data": rows[:limit], "page": {"limit": limit, "has_more": len(rows) > limit}})
