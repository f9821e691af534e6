"use strict";
// Fastify and pg, one process per core.
const cluster = require("node:cluster");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const fastify = require("fastify");
const { Pool, types } = require("pg");

const SQL = JSON.parse(fs.readFileSync(process.env.PEER_STATEMENTS, "utf8"));
const OPEN = "select caller from session.open($1, $2, $3, 5000, $4)";
const CLAIM = "select engine.idempotency_claim($1, $2)";
const STORE = "select engine.idempotency_store($1, $2, $3, $4, $5)";

types.setTypeParser(types.builtins.NUMERIC, Number);

function serve() {
  const pool = new Pool({
    host: process.env.PGHOST, database: process.env.PGDATABASE, user: process.env.PGUSER,
    options: `-c keyed.secret=${process.env.PEER_SECRET}`, max: Number(process.env.PEER_POOL),
  });

  // What `work` gives, in a transaction of the caller's session; null without a valid key.
  async function inSession(request, scope, writes, work) {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization || "");
    if (!token) return null;
    const digest = crypto.createHash("sha256").update(token[1]).digest("hex");
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query({ name: "open", text: OPEN, values: [digest, scope, request.id, writes] });
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback");
      if (error.code === "MA401") return null;
      throw error;
    } finally {
      client.release();
    }
  }

  const rowsOf = (name, values) => async (client) => (await client.query({ name, text: SQL[name], values })).rows;
  const refuse = (reply) => reply.code(401).send({ code: "unauthenticated" });

  const app = fastify({ genReqId: () => crypto.randomUUID() });

  function one(path, name, scope, writes) {
    app.get(path, async (request, reply) => {
      const rows = await inSession(request, scope, writes, rowsOf(name, [request.params.id]));
      if (!rows) return refuse(reply);
      if (rows.length === 0) return reply.code(404).send({ code: "not-found" });
      return rows[0];
    });
  }

  function page(path, name, scope, writes, standard) {
    app.get(path, async (request, reply) => {
      const rows = await inSession(request, scope, writes, rowsOf(name, []));
      if (!rows) return refuse(reply);
      const limit = Number(request.query.limit || standard);
      return { data: rows.slice(0, limit), page: { limit, has_more: rows.length > limit } };
    });
  }

  one("/v1/members/:id", "member", "members:read", false);
  page("/v1/members", "members", "members:read", false, 50);
  one("/v1/passes/:id", "pass", "passes:read", true);
  page("/v1/passes", "passes", "passes:read", true, 100);
  app.post("/v1/passes", async (request, reply) => {
    const key = request.headers["idempotency-key"];
    const text = JSON.stringify(request.body);
    const digest = crypto.createHash("sha256").update(text).digest("hex");
    const made = await inSession(request, "passes:write", true, async (client) => {
      await client.query({ name: "claim", text: CLAIM, values: [key, digest] });
      const { rows } = await client.query({ name: "create", text: SQL.create, values: [text] });
      const answer = JSON.stringify(rows[0]);
      await client.query({ name: "store", text: STORE, values: [key, digest, 201, "{}", answer] });
      return { id: rows[0].id, answer };
    });
    if (!made) return refuse(reply);
    return reply.code(201).header("Location", `/v1/passes/${made.id}`).type("application/json").send(made.answer);
  });
  app.listen({ port: Number(process.env.PEER_PORT), host: "127.0.0.1" });
}

if (cluster.isPrimary) {
  for (let i = 0; i < os.cpus().length; i++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  serve();
}
