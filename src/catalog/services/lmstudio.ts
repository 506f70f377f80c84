import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, asObject, stringAt } from "../../model/json.ts";
import { hasOnly, namesAt } from "../http-reading.ts";

/** What its own command line asks before it trusts a port: lmstudio-ai/lms, src/createClient.ts. */
const greeting: HttpCheck = {
  path: "/lmstudio-greeting",
  read({ status, json }) {
    if (status !== 200 || asObject(json)?.["lmstudio"] !== true) return undefined;
    return {
      product: "LM Studio",
      confidence: 0.98,
      health: "healthy",
      summary: "GET /lmstudio-greeting answered lmstudio true",
    };
  },
};

// https://lmstudio.ai/docs/developer/rest/endpoints
const models: HttpCheck = {
  path: "/api/v0/models",
  read({ status, json }) {
    const listed = arrayAt(json, "data");
    if (status !== 200 || listed === undefined || listed.length === 0) return undefined;
    const names = namesAt(listed, "id");
    const states = listed.map((model) => stringAt(model, "state"));
    const kinds = namesAt(listed, "compatibility_type");
    if (names === undefined || kinds === undefined || states.includes(undefined)) return undefined;
    const loaded = names.filter((_, at) => states[at] === "loaded");
    return {
      product: "LM Studio",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /api/v0/models listed ${listed.length} models with compatibility_type and state`,
      metadata: { models: names, loaded },
    };
  },
};

/** It answers every path that it does not know with 200 and these words. */
const root: HttpCheck = {
  path: "/",
  read({ status, json }) {
    const error = stringAt(json, "error") ?? "";
    if (
      status !== 200 ||
      !hasOnly(json, "error") ||
      !error.startsWith("Unexpected endpoint or method. (GET /)")
    )
      return undefined;
    return {
      product: "LM Studio",
      confidence: 0.93,
      health: "healthy",
      summary: 'GET / answered 200 "Unexpected endpoint or method. (GET /)"',
    };
  },
};

const entry: CatalogEntry = {
  type: "lmstudio",
  title: "LM Studio",
  category: "llm",
  summary: "Local LLM server of a desktop application",
  ports: [1234],
  scheme: "http",
  products: ["LM Studio"],
  processes: ["lm-studio", "llmster"],
  http: [root, greeting, models],
  healthPaths: ["/lmstudio-greeting"],
  examples: [
    {
      name: "greeting",
      path: "/lmstudio-greeting",
      headers: { "x-powered-by": "Express", "content-type": "application/json; charset=utf-8" },
      body: '{"lmstudio":true}',
      expect: { product: "LM Studio", health: "healthy" },
    },
    {
      name: "two models",
      path: "/api/v0/models",
      headers: { "x-powered-by": "Express", "content-type": "application/json; charset=utf-8" },
      body: '{"object":"list","data":[{"id":"qwen2-vl-7b-instruct","object":"model","type":"vlm","publisher":"mlx-community","arch":"qwen2_vl","compatibility_type":"mlx","quantization":"4bit","state":"not-loaded","max_context_length":32768},{"id":"meta-llama-3.1-8b-instruct","object":"model","type":"llm","publisher":"lmstudio-community","arch":"llama","compatibility_type":"gguf","quantization":"Q4_K_M","state":"loaded","max_context_length":131072}]}',
      expect: { product: "LM Studio", health: "healthy" },
    },
    {
      name: "a path that it does not know",
      path: "/",
      headers: { "x-powered-by": "Express", "content-type": "application/json; charset=utf-8" },
      body: '{"error":"Unexpected endpoint or method. (GET /)"}',
      expect: { product: "LM Studio", health: "healthy" },
    },
  ],
};

export default entry;
