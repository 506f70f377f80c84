import type { CatalogEntry, HttpCheck, HttpReply, Match } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import type { Health } from "../../model/observation.ts";
import { wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

/** Both headers: VictoriaMetrics sends a version of InfluxDB on `/ping`, and no build. */
function fromHeaders({ status, headers }: HttpReply, path: string): Match | undefined {
  const build = headers["x-influxdb-build"];
  const version = headers["x-influxdb-version"];
  if (build === undefined || version === undefined) return undefined;
  return {
    ...facts({ version: wordAt({ version }, "version")?.replace(/^v/, "") }),
    product: "InfluxDB",
    confidence: 0.97,
    health: status === 401 || status === 403 ? "protected" : "healthy",
    summary: `GET ${path} answered X-Influxdb-Version ${quoted(version)}, X-Influxdb-Build ${quoted(build)}`,
  };
}

const root: HttpCheck = { path: "/", read: (reply) => fromHeaders(reply, "/") };
const ping: HttpCheck = { path: "/ping", read: (reply) => fromHeaders(reply, "/ping") };

const HEALTH: Readonly<Record<string, Health>> = { pass: "healthy", fail: "unhealthy" };

// https://docs.influxdata.com/influxdb/v2/api/#operation/GetHealth
const health: HttpCheck = {
  path: "/health",
  read({ json }) {
    const told = HEALTH[stringAt(json, "status") ?? ""];
    if (stringAt(json, "name") !== "influxdb" || told === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "version")?.replace(/^v/, "") }),
      product: "InfluxDB",
      confidence: 0.98,
      health: told,
      summary: `GET /health answered name "influxdb", status ${told === "healthy" ? "pass" : "fail"}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "influxdb",
  title: "InfluxDB",
  category: "database",
  summary: "Time series database",
  ports: [8086, 8181],
  scheme: "http",
  tlsScheme: "https",
  products: ["InfluxDB"],
  processes: ["influxd", "influxdb3"],
  http: [root, ping, health],
  healthPaths: ["/health", "/ping"],
  examples: [
    {
      name: "InfluxDB 1.8",
      path: "/ping",
      status: 204,
      headers: {
        "content-type": "application/json",
        "request-id": "f278a23c-90e8-11ec-81df-0242ac120003",
        "x-influxdb-build": "OSS",
        "x-influxdb-version": "1.8.10",
        "x-request-id": "f278a23c-90e8-11ec-81df-0242ac120003",
      },
      expect: { product: "InfluxDB", version: "1.8.10", health: "healthy" },
    },
    {
      name: "InfluxDB 2.7, its web page",
      path: "/",
      headers: {
        "content-type": "text/html; charset=utf-8",
        "x-influxdb-build": "OSS",
        "x-influxdb-version": "v2.7.5",
      },
      body: "<!doctype html><html><head><title>InfluxDB</title>",
      expect: { product: "InfluxDB", version: "2.7.5", health: "healthy" },
    },
    {
      name: "InfluxDB 2.7",
      path: "/health",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "x-influxdb-build": "OSS",
        "x-influxdb-version": "v2.7.5",
      },
      body: '{"name":"influxdb", "message":"ready for queries and writes", "status":"pass", "checks":[], "version": "v2.7.5", "commit": "09a9607fd9"}',
      expect: { product: "InfluxDB", version: "2.7.5", health: "healthy" },
    },
  ],
};

export default entry;
