"use strict";
// Fastify and pg, one process per core.
const cluster = require("node:cluster");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const fastify = require("fastify");
const { Pool, types } = require("pg");

const ONE = fs.readFileSync(process.env.PEER_ONE, "utf8");
const PAGE = fs.readFileSync(process.env.PEER_PAGE, "utf8");
const OPEN = "select caller from session.open($1, 'members:read', $2, 5000, false)";

types.setTypeParser(types.builtins.NUMERIC, Number);

function serve() {
  const pool = new Pool({
    host: process.env.PGHOST, database: process.env.PGDATABASE, user: process.env.PGUSER,
    max: Number(process.env.PEER_POOL),
  });

  async function inSession(request, statement) {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization || "");
    if (!token) return null;
    const digest = crypto.createHash("sha256").update(token[1]).digest("hex");
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query({ name: "open", text: OPEN, values: [digest, request.id] });
      const { rows } = await client.query(statement);
      await client.query("commit");
      return rows;
    } catch (error) {
      await client.query("rollback");
      if (error.code === "MA401") return null;
      throw error;
    } finally {
      client.release();
    }
  }

  const app = fastify({ genReqId: () => crypto.randomUUID() });
  app.get("/v1/members/:id", async (request, reply) => {
    const rows = await inSession(request, { name: "one", text: ONE, values: [request.params.id] });
    if (!rows) return reply.code(401).send({ code: "unauthenticated" });
    if (rows.length === 0) return reply.code(404).send({ code: "not-found" });
    return rows[0];
  });
  app.get("/v1/members", async (request, reply) => {
    const rows = await inSession(request, { name: "page", text: PAGE });
    if (!rows) return reply.code(401).send({ code: "unauthenticated" });
    return { data: rows.slice(0, 50), page: { limit: 50, has_more: rows.length > 50 } };
  });
  app.listen({ port: Number(process.env.PEER_PORT), host: "127.0.0.1" });
}

if (cluster.isPrimary) {
  for (let i = 0; i < os.cpus().length; i++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  serve();
}
