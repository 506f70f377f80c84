import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, stringAt } from "../../model/json.ts";

// https://github.com/ollama/ollama/blob/main/docs/api.md
const root: HttpCheck = {
  path: "/",
  read({ status, body }) {
    if (status !== 200 || body.trim() !== "Ollama is running") return undefined;
    return {
      product: "Ollama",
      confidence: 0.95,
      health: "healthy",
      summary: 'GET / answered "Ollama is running"',
    };
  },
};

const tags: HttpCheck = {
  path: "/api/tags",
  read({ status, json }) {
    const models = arrayAt(json, "models");
    if (status !== 200 || models === undefined) return undefined;
    const names = models.map((model) => stringAt(model, "name")).filter((name) => name !== undefined);
    if (names.length !== models.length) return undefined;
    return {
      product: "Ollama",
      confidence: 0.9,
      health: "healthy",
      summary: `GET /api/tags listed ${models.length} models`,
      metadata: { models: names },
    };
  },
};

const version: HttpCheck = {
  path: "/api/version",
  read({ status, json }) {
    const found = stringAt(json, "version");
    if (status !== 200 || found === undefined || Object.keys(Object(json)).length !== 1) return undefined;
    return {
      product: "Ollama",
      version: found,
      confidence: 0.7,
      health: "healthy",
      summary: `GET /api/version answered ${found}`,
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
      body: "Ollama is running",
      expect: { product: "Ollama", health: "healthy" },
    },
    {
      name: "version",
      path: "/api/version",
      body: '{"version":"0.5.7"}',
      expect: { product: "Ollama", version: "0.5.7" },
    },
    {
      name: "models",
      path: "/api/tags",
      body: '{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest","size":2019393189}]}',
      expect: { product: "Ollama" },
    },
  ],
};

export default entry;
