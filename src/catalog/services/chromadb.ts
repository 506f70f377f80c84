import type { CatalogEntry, HttpCheck, HttpReply, Match } from "../../model/catalog.ts";
import { asObject, isObject, stringAt, type Json } from "../../model/json.ts";
import { FITS, hasOnly, namesAt } from "../http-reading.ts";
import { quoted } from "../reading.ts";

// chroma-core/chroma, rust/frontend/src/server.rs
function heartbeat({ status, json }: HttpReply, path: string): Match | undefined {
  const beat = asObject(json)?.["nanosecond heartbeat"];
  if (status !== 200 || typeof beat !== "number" || !hasOnly(json, "nanosecond heartbeat")) return undefined;
  return {
    product: "Chroma",
    confidence: 0.98,
    health: "healthy",
    summary: `GET ${path} answered a nanosecond heartbeat`,
  };
}

const second: HttpCheck = {
  path: "/api/v2/heartbeat",
  read: (reply) => heartbeat(reply, "/api/v2/heartbeat"),
};

/** Alive up to 0.6; since 1.0 it is gone, and says so in words of its own. */
const first: HttpCheck = {
  path: "/api/v1/heartbeat",
  read(reply) {
    const message = stringAt(reply.json, "message") ?? "";
    if (reply.status !== 410 || !message.startsWith("The v1 API is deprecated."))
      return heartbeat(reply, "/api/v1/heartbeat");
    if (stringAt(reply.json, "error") !== "Unimplemented") return undefined;
    return {
      product: "Chroma",
      confidence: 0.9,
      summary: `GET /api/v1/heartbeat answered 410 ${quoted(message)}`,
    };
  },
};

const version: HttpCheck = {
  path: "/api/v2/version",
  read({ status, json }) {
    if (status !== 200 || typeof json !== "string" || !/^\d+\.\d+\.\d+[\w.-]{0,20}$/.test(json))
      return undefined;
    return {
      product: "Chroma",
      version: json,
      confidence: FITS,
      summary: `GET /api/v2/version answered ${quoted(json)}`,
    };
  },
};

function isJsonList(json: unknown): json is readonly Json[] {
  return Array.isArray(json);
}

/** Where no token is wanted; those of the tenant and database that everybody has. */
function collections({ status, json }: HttpReply, path: string): Match | undefined {
  if (status !== 200 || !isJsonList(json)) return undefined;
  const names = namesAt(json, "name");
  const known = json.every((one) => isObject(one) && stringAt(one, "id") && stringAt(one, "database"));
  // An empty list may be anybody's.
  if (names === undefined || names.length === 0 || !known) return undefined;
  return {
    product: "Chroma",
    confidence: 0.93,
    health: "healthy",
    summary: `GET ${path} listed ${json.length} collections`,
    metadata: { collections: names },
  };
}

const LISTS = [
  "/api/v2/tenants/default_tenant/databases/default_database/collections",
  "/api/v1/collections",
];
const lists: readonly HttpCheck[] = LISTS.map((path) => ({
  path,
  read: (reply) => collections(reply, path),
}));

const entry: CatalogEntry = {
  type: "chromadb",
  title: "Chroma",
  category: "vector",
  summary: "Vector database",
  ports: [8000],
  scheme: "http",
  tlsScheme: "https",
  products: ["Chroma"],
  processes: ["chroma"],
  http: [second, version, first, ...lists],
  healthPaths: ["/api/v2/heartbeat"],
  examples: [
    {
      name: "Chroma 1.0",
      path: "/api/v2/heartbeat",
      headers: { "content-type": "application/json" },
      body: '{"nanosecond heartbeat":1784993484444858699}',
      expect: { product: "Chroma", health: "healthy" },
    },
    {
      name: "Chroma 1.0",
      path: "/api/v2/version",
      headers: { "content-type": "application/json" },
      body: '"1.0.0"',
      expect: { product: "Chroma", version: "1.0.0" },
    },
    {
      name: "Chroma 1.0",
      path: "/api/v1/heartbeat",
      status: 410,
      headers: { "content-type": "application/json" },
      body: '{"error":"Unimplemented","message":"The v1 API is deprecated. Please use /v2 apis"}',
      expect: { product: "Chroma" },
    },
    {
      name: "Chroma 0.4",
      path: "/api/v1/heartbeat",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"nanosecond heartbeat":1779239611438396964}',
      expect: { product: "Chroma", health: "healthy" },
    },
    {
      name: "Chroma 1.0",
      path: "/api/v2/tenants/default_tenant/databases/default_database/collections",
      headers: { "content-type": "application/json" },
      body: '[{"id":"0c9bb1c5-5e0d-4d3a-8f0e-6f6f1d6b1c11","name":"documents","configuration_json":{"hnsw":{"space":"l2","ef_construction":100}},"metadata":null,"dimension":384,"tenant":"default_tenant","database":"default_database","log_position":0,"version":0}]',
      expect: { product: "Chroma", health: "healthy" },
    },
    {
      name: "Chroma 0.4",
      path: "/api/v1/collections",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '[{"name":"documents","id":"7d3f3b7e-3a4f-4d0e-9a61-0a3d1c0f2b55","metadata":null,"tenant":"default_tenant","database":"default_database"}]',
      expect: { product: "Chroma", health: "healthy" },
    },
  ],
};

export default entry;
