import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, asObject, objectAt, stringAt } from "../../model/json.ts";
import { namesAt, wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

const root: HttpCheck = {
  path: "/",
  read({ status, json }) {
    const version = stringAt(json, "version");
    if (status !== 200 || stringAt(json, "title") !== "qdrant - vector search engine") return undefined;
    if (version === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "version") }),
      product: "Qdrant",
      confidence: 0.98,
      health: "healthy",
      summary: `GET / answered "qdrant - vector search engine" ${quoted(version)}`,
    };
  },
};

/** How it refuses without an API key: qdrant/qdrant, src/actix/auth.rs. */
const REFUSAL = /^Must provide an API key or an Authorization bearer token/;

const collections: HttpCheck = {
  path: "/collections",
  read({ status, json, body }) {
    if ((status === 401 || status === 403) && REFUSAL.test(body)) {
      return {
        product: "Qdrant",
        confidence: 0.93,
        health: "protected",
        summary: `GET /collections answered ${status} "Must provide an API key or an Authorization bearer token"`,
      };
    }
    const listed = arrayAt(objectAt(json, "result"), "collections");
    if (status !== 200 || listed === undefined || typeof asObject(json)?.["time"] !== "number")
      return undefined;
    const names = namesAt(listed, "name");
    if (names === undefined || stringAt(json, "status") !== "ok") return undefined;
    return {
      product: "Qdrant",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /collections listed ${listed.length} collections`,
      metadata: { collections: names },
    };
  },
};

const entry: CatalogEntry = {
  type: "qdrant",
  title: "Qdrant",
  category: "vector",
  summary: "Vector database",
  ports: [6333],
  scheme: "http",
  tlsScheme: "https",
  products: ["Qdrant"],
  processes: ["qdrant"],
  http: [root, collections],
  healthPaths: ["/healthz", "/readyz"],
  examples: [
    {
      name: "Qdrant 1.9",
      path: "/",
      headers: { "content-type": "application/json" },
      body: '{"title":"qdrant - vector search engine","version":"1.9.0","commit":"b99d5074d36ceb7d7c4ae07b5e1de8d40ab41ffd"}',
      expect: { product: "Qdrant", version: "1.9.0", health: "healthy" },
    },
    {
      name: "one collection",
      path: "/collections",
      headers: { "content-type": "application/json" },
      body: '{"result":{"collections":[{"name":"documents"}]},"status":"ok","time":5.83e-6}',
      expect: { product: "Qdrant", health: "healthy" },
    },
    {
      name: "with an API key",
      path: "/collections",
      status: 401,
      body: "Must provide an API key or an Authorization bearer token",
      expect: { product: "Qdrant", health: "protected" },
    },
  ],
};

export default entry;
