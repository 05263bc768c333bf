// SPDX-License-Identifier: Apache-2.0
// The consent backend of c15t as its quickstart has it: Kysely on PostgreSQL, one Node process.
// PORT and DATABASE_URL come from the environment. A stored consent is answered 201, so that one script loads all.
import { createServer } from "node:http";
import { c15tInstance } from "@c15t/backend";
import { kyselyAdapter } from "@c15t/backend/db/adapters/kysely";
import { migrator } from "@c15t/backend/db/migrator";
import { DB } from "@c15t/backend/db/schema";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
const adapter = kyselyAdapter({
  db: new Kysely({ dialect: new PostgresDialect({ pool }) }),
  provider: "postgresql",
});
await (await migrator({ db: DB.client(adapter), schema: "latest" })).execute?.();

const instance = c15tInstance({
  appName: "bench",
  basePath: "/",
  trustedOrigins: ["http://127.0.0.1"],
  adapter,
  logger: { level: "error" },
});

createServer(async (asked, answer) => {
  const pieces = [];
  for await (const piece of asked) pieces.push(piece);
  const body = Buffer.concat(pieces);
  const request = new Request(`http://127.0.0.1${asked.url}`, {
    method: asked.method,
    headers: { "content-type": "application/json", "user-agent": asked.headers["user-agent"] ?? "" },
    body: body.length ? body : undefined,
  });
  const given = await instance.handler(request);
  const text = await given.text();
  if (given.status >= 400) console.error(given.status, text.slice(0, 300));
  answer.writeHead(given.status === 200 ? 201 : given.status, { "content-type": "application/json" });
  answer.end(text);
}).listen(Number(process.env.PORT), "127.0.0.1");
