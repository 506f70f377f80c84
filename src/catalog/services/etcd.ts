import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import { FITS, hasOnly, wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

// etcd-io/etcd, server/etcdserver/api/etcdhttp: version.go, health.go
const version: HttpCheck = {
  path: "/version",
  read({ status, json }) {
    const server = stringAt(json, "etcdserver");
    const cluster = stringAt(json, "etcdcluster");
    if (status !== 200 || server === undefined || cluster === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "etcdserver") }),
      product: "etcd",
      confidence: 0.98,
      summary: `GET /version answered etcdserver ${quoted(server)}`,
    };
  },
};

const health: HttpCheck = {
  path: "/health",
  read({ status, json }) {
    const told = stringAt(json, "health");
    if (!hasOnly(json, "health") && !hasOnly(json, "health", "reason")) return undefined;
    if (!(status === 200 && told === "true") && !(status === 503 && told === "false")) return undefined;
    return {
      product: "etcd",
      confidence: FITS,
      health: told === "true" ? "healthy" : "unhealthy",
      summary: `GET /health answered ${quoted(told)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "etcd",
  title: "etcd",
  category: "orchestration",
  summary: "Distributed key-value store",
  ports: [2379, 2380],
  dnsServices: ["_etcd-client._tcp", "_etcd-client-ssl._tcp", "_etcd-server._tcp"],
  scheme: "http",
  tlsScheme: "https",
  products: ["etcd"],
  processes: ["etcd"],
  http: [version, health],
  healthPaths: ["/health"],
  examples: [
    {
      name: "etcd 3.4.23",
      path: "/version",
      headers: { "access-control-allow-origin": "*", "content-type": "application/json" },
      body: '{"etcdserver":"3.4.23","etcdcluster":"3.4.0"}',
      expect: { product: "etcd", version: "3.4.23" },
    },
    {
      name: "etcd 3.4.23",
      path: "/health",
      headers: { "access-control-allow-origin": "*", "content-type": "text/plain; charset=utf-8" },
      body: '{"health":"true"}',
      expect: { product: "etcd", health: "healthy" },
    },
    {
      name: "etcd 3.5 without a leader",
      path: "/health",
      status: 503,
      body: '{"health":"false","reason":"RAFT NO LEADER"}',
      expect: { product: "etcd", health: "unhealthy" },
    },
  ],
};

export default entry;
