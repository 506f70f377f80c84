import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import type { Health } from "../../model/observation.ts";
import { FITS, hasOnly, openApiOf, wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

// topoteretes/cognee, cognee/api/client.py and health.py. The version in its OpenAPI document is not its own.
const root: HttpCheck = {
  path: "/",
  read({ status, json }) {
    const message = stringAt(json, "message");
    if (status !== 200 || message !== "Hello, World, I am alive!" || !hasOnly(json, "message"))
      return undefined;
    return { product: "Cognee", confidence: 0.75, summary: `GET / answered ${quoted(message)}` };
  },
};

const openapi: HttpCheck = {
  path: "/openapi.json",
  read(reply) {
    const document = openApiOf(reply);
    const cognify = document?.paths.includes("/api/v1/cognify") === true;
    if (document?.title !== "Cognee API" && !cognify) return undefined;
    return {
      product: "Cognee",
      confidence: 0.95,
      summary: `GET /openapi.json is ${cognify ? "of /api/v1/cognify" : 'titled "Cognee API"'}`,
    };
  },
};

const HEALTH: Readonly<Record<string, Health>> = {
  healthy: "healthy",
  degraded: "degraded",
  unhealthy: "unhealthy",
};

/** Others could answer the same: it tells the health and version of what was named by something else. */
const health: HttpCheck = {
  path: "/health",
  read({ json }) {
    const told = HEALTH[stringAt(json, "health") ?? ""];
    const status = stringAt(json, "status");
    if (told === undefined || !hasOnly(json, "status", "health", "version")) return undefined;
    if (status !== "ready" && status !== "not ready") return undefined;
    return {
      ...facts({ version: wordAt(json, "version") }),
      product: "Cognee",
      confidence: FITS,
      health: told,
      summary: `GET /health answered status ${quoted(status)}, health ${quoted(told)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "cognee",
  title: "Cognee",
  category: "ai",
  summary: "Memory for AI agents",
  ports: [8000],
  scheme: "http",
  tlsScheme: "https",
  products: ["Cognee"],
  http: [root, openapi, health],
  healthPaths: ["/health"],
  examples: [
    {
      name: "root",
      path: "/",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"message":"Hello, World, I am alive!"}',
      expect: { product: "Cognee" },
    },
    {
      name: "OpenAPI document that was cut off",
      path: "/openapi.json",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"openapi":"3.1.0","info":{"title":"Cognee API","description":"Cognee API with Bearer token and Cookie auth","version":"1.0.0"},"paths":{"/api/v1/auth/login":{"post":{"tags":["auth"],"summ',
      expect: { product: "Cognee" },
    },
    {
      name: "OpenAPI document of an older version",
      path: "/openapi.json",
      body: '{"openapi":"3.1.0","info":{"title":"FastAPI","version":"0.1.0"},"paths":{"/api/v1/add":{},"/api/v1/cognify":{},"/api/v1/search":{}}}',
      expect: { product: "Cognee" },
    },
    {
      name: "ready",
      path: "/health",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"status":"ready","health":"healthy","version":"0.3.4-local"}',
      expect: { product: "Cognee", version: "0.3.4-local", health: "healthy" },
    },
    {
      name: "a database of it is away",
      path: "/health",
      status: 503,
      body: '{"status":"not ready","health":"unhealthy","version":"0.3.4-local"}',
      expect: { product: "Cognee", health: "unhealthy" },
    },
  ],
};

export default entry;
