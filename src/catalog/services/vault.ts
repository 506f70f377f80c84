import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { asObject } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// https://developer.hashicorp.com/vault/api-docs/system/health
const health: HttpCheck = {
  path: "/v1/sys/health",
  read({ json }) {
    const told = asObject(json);
    const { initialized, sealed, standby } = told ?? {};
    if (typeof initialized !== "boolean" || typeof sealed !== "boolean" || typeof standby !== "boolean")
      return undefined;
    const version = wordAt(json, "version");
    if (version === undefined || typeof told?.["server_time_utc"] !== "number") return undefined;
    return {
      // OpenBao, which began at 2.0, answers the same; no Vault below 2 is one.
      ...facts({ product: version.startsWith("1.") ? "Vault" : undefined }),
      version,
      confidence: 0.97,
      health: initialized && !sealed ? "healthy" : "unhealthy",
      summary: `GET /v1/sys/health answered ${stateOf(initialized, sealed, standby)}`,
      metadata: { state: stateOf(initialized, sealed, standby) },
    };
  },
};

function stateOf(initialized: boolean, sealed: boolean, standby: boolean): string {
  if (!initialized) return "not initialized";
  if (sealed) return "sealed";
  return standby ? "standby" : "active";
}

const entry: CatalogEntry = {
  type: "vault",
  title: "Vault",
  category: "storage",
  summary: "Store of secrets; OpenBao speaks the same protocol",
  ports: [8200],
  scheme: "http",
  tlsScheme: "https",
  products: ["Vault"],
  processes: ["vault", "bao"],
  http: [health],
  healthPaths: ["/v1/sys/health"],
  examples: [
    {
      name: "Vault 1.15",
      path: "/v1/sys/health",
      headers: { "cache-control": "no-store", "content-type": "application/json" },
      body: '{"initialized":true,"sealed":false,"standby":false,"performance_standby":false,"replication_performance_mode":"disabled","replication_dr_mode":"disabled","server_time_utc":1709220000,"version":"1.15.6","cluster_name":"vault-cluster-2c5d9f9a","cluster_id":"1b6d8cf8-52e5-5f4b-93a1-3ac8a9ac4d25"}\n',
      expect: { product: "Vault", version: "1.15.6", health: "healthy" },
    },
    {
      name: "sealed",
      path: "/v1/sys/health",
      status: 503,
      headers: { "cache-control": "no-store", "content-type": "application/json" },
      body: '{"initialized":true,"sealed":true,"standby":true,"performance_standby":false,"replication_performance_mode":"unknown","replication_dr_mode":"unknown","server_time_utc":1709220000,"version":"1.15.6"}\n',
      expect: { product: "Vault", version: "1.15.6", health: "unhealthy" },
    },
    {
      name: "not initialized",
      path: "/v1/sys/health",
      status: 501,
      body: '{"initialized":false,"sealed":true,"standby":true,"performance_standby":false,"replication_performance_mode":"unknown","replication_dr_mode":"unknown","server_time_utc":1709220000,"version":"1.15.6"}\n',
      expect: { product: "Vault", health: "unhealthy" },
    },
    {
      name: "standby",
      path: "/v1/sys/health",
      status: 429,
      body: '{"initialized":true,"sealed":false,"standby":true,"performance_standby":false,"replication_performance_mode":"disabled","replication_dr_mode":"disabled","server_time_utc":1709220000,"version":"1.15.6","cluster_name":"vault-cluster-2c5d9f9a","cluster_id":"1b6d8cf8-52e5-5f4b-93a1-3ac8a9ac4d25"}\n',
      expect: { product: "Vault", health: "healthy" },
    },
  ],
};

export default entry;
