import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, stringAt } from "../../model/json.ts";
import { modelsOwnedBy, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// sgl-project/sglang, python/sglang/srt/entrypoints/http_server.py
const info: HttpCheck = {
  path: "/get_server_info",
  read({ status, json }) {
    const model = wordAt(json, "served_model_name") ?? wordAt(json, "model_path");
    if (status !== 200 || model === undefined || arrayAt(json, "internal_states") === undefined)
      return undefined;
    if (stringAt(json, "version") === undefined || stringAt(json, "model_path") === undefined)
      return undefined;
    return {
      ...facts({ version: wordAt(json, "version") }),
      product: "SGLang",
      confidence: 0.97,
      health: "healthy",
      summary: "GET /get_server_info answered model_path, internal_states and version",
      metadata: { models: [model] },
    };
  },
};

const models: HttpCheck = {
  path: "/v1/models",
  read(reply) {
    const names = modelsOwnedBy(reply, "sglang");
    if (names === undefined) return undefined;
    return {
      product: "SGLang",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /v1/models listed ${names.length} models owned by sglang`,
      metadata: { models: names },
    };
  },
};

const entry: CatalogEntry = {
  type: "sglang",
  title: "SGLang",
  category: "llm",
  summary: "LLM server for GPUs",
  ports: [30000],
  scheme: "http",
  tlsScheme: "https",
  products: ["SGLang"],
  processes: ["sglang"],
  http: [models, info],
  healthPaths: ["/health"],
  examples: [
    {
      name: "one model",
      path: "/v1/models",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"object":"list","data":[{"id":"qwen/qwen2.5-0.5b-instruct","object":"model","created":1740000000,"owned_by":"sglang","root":"qwen/qwen2.5-0.5b-instruct","max_model_len":32768}]}',
      expect: { product: "SGLang", health: "healthy" },
    },
    {
      name: "SGLang 0.4",
      path: "/get_server_info",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"model_path":"qwen/qwen2.5-0.5b-instruct","tokenizer_path":"qwen/qwen2.5-0.5b-instruct","served_model_name":"qwen/qwen2.5-0.5b-instruct","host":"0.0.0.0","port":30000,"status":"ready","max_total_num_tokens":20480,"internal_states":[{"last_gen_throughput":0}],"version":"0.4.6.post5"}',
      expect: { product: "SGLang", version: "0.4.6.post5", health: "healthy" },
    },
  ],
};

export default entry;
