import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, stringAt } from "../../model/json.ts";
import { FITS, hasOnly, namesAt, wordAt } from "../http-reading.ts";
import { quoted } from "../reading.ts";

// https://github.com/ollama/ollama/blob/main/docs/api.md
const root: HttpCheck = {
  path: "/",
  read({ status, body }) {
    if (status !== 200 || body.trim() !== "Ollama is running") return undefined;
    return {
      product: "Ollama",
      confidence: 0.97,
      health: "healthy",
      summary: 'GET / answered "Ollama is running"',
    };
  },
};

const tags: HttpCheck = {
  path: "/api/tags",
  read({ status, json }) {
    const models = arrayAt(json, "models");
    if (status !== 200 || models === undefined || !hasOnly(json, "models")) return undefined;
    const names = namesAt(models, "name");
    const digests = namesAt(models, "digest");
    if (names === undefined || digests === undefined) return undefined;
    return {
      product: "Ollama",
      confidence: models.length === 0 ? FITS : 0.95,
      health: "healthy",
      summary: `GET /api/tags listed ${models.length} models`,
      metadata: { models: names },
    };
  },
};

/** Others answer the same: it tells the version of what was named by something else. */
const version: HttpCheck = {
  path: "/api/version",
  read({ status, json, headers }) {
    const found = wordAt(json, "version");
    if (status !== 200 || found === undefined || !hasOnly(json, "version")) return undefined;
    if (headers["server"] !== undefined || !/^\d+\.\d+\.\d+/.test(stringAt(json, "version") ?? ""))
      return undefined;
    return {
      product: "Ollama",
      version: found,
      confidence: FITS,
      health: "healthy",
      summary: `GET /api/version answered ${quoted(found)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "ollama",
  title: "Ollama",
  category: "llm",
  summary: "Local LLM server",
  ports: [11434],
  scheme: "http",
  tlsScheme: "https",
  products: ["Ollama"],
  processes: ["ollama"],
  http: [root, version, tags],
  healthPaths: ["/api/version"],
  examples: [
    {
      name: "root page",
      path: "/",
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: "Ollama is running",
      expect: { product: "Ollama", health: "healthy" },
    },
    {
      name: "version",
      path: "/api/version",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: '{"version":"0.5.7"}',
      expect: { product: "Ollama", version: "0.5.7" },
    },
    {
      name: "models",
      path: "/api/tags",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: '{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","modified_at":"2025-01-20T10:11:12.123456789+01:00","size":2019393189,"digest":"a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72","details":{"parent_model":"","format":"gguf","family":"llama","families":["llama"],"parameter_size":"3.2B","quantization_level":"Q4_K_M"}}]}',
      expect: { product: "Ollama", health: "healthy" },
    },
    {
      name: "no models yet",
      path: "/api/tags",
      body: '{"models":[]}',
      expect: { product: "Ollama" },
    },
  ],
};

export default entry;
