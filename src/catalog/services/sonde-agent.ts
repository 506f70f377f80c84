import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import type { Health } from "../../model/observation.ts";
import { wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

const HEALTH: Readonly<Record<string, Health>> = { ok: "healthy", degraded: "degraded", failed: "unhealthy" };

/**
 * This project's own agent. `GET /status` answers `{"service":"sonde-agent","version":"1.2.3","status":"ok"}` and
 * more; `status` is `ok`, `degraded` or `failed`. Where it wants a token it answers 401 and still says who it is.
 */
const status: HttpCheck = {
  path: "/status",
  read(reply) {
    if (stringAt(reply.json, "service") !== "sonde-agent") return undefined;
    const refused = reply.status === 401 || reply.status === 403;
    const health = refused ? "protected" : HEALTH[stringAt(reply.json, "status") ?? ""];
    return {
      ...facts({ version: wordAt(reply.json, "version"), health }),
      product: "sonde-agent",
      confidence: 0.98,
      summary: `GET /status answered ${reply.status} as service "sonde-agent"`,
    };
  },
};

const entry: CatalogEntry = {
  type: "sonde-agent",
  title: "sonde agent",
  category: "agent",
  summary: "The agent of sonde on a host",
  ports: [8001],
  scheme: "http",
  tlsScheme: "https",
  products: ["sonde-agent"],
  processes: ["sonde-agent"],
  http: [status],
  healthPaths: ["/status"],
  examples: [
    {
      name: "in order",
      path: "/status",
      headers: { "content-type": "application/json" },
      body: '{"service":"sonde-agent","version":"0.1.0","status":"ok"}',
      expect: { product: "sonde-agent", version: "0.1.0", health: "healthy" },
    },
    {
      name: "without a token",
      path: "/status",
      status: 401,
      headers: { "content-type": "application/json", "www-authenticate": "Bearer" },
      body: '{"service":"sonde-agent","error":"a token is needed"}',
      expect: { product: "sonde-agent", health: "protected" },
    },
  ],
};

export default entry;
