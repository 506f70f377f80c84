import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { FITS, hasOnly, labelsOf, modelsOwnedBy, wordAt } from "../http-reading.ts";
import { quoted } from "../reading.ts";

const models: HttpCheck = {
  path: "/v1/models",
  read(reply) {
    const names = modelsOwnedBy(reply, "vllm");
    if (names === undefined) return undefined;
    return {
      product: "vLLM",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /v1/models listed ${names.length} models owned by vllm`,
      metadata: { models: names },
    };
  },
};

/** Not behind the API key, which guards `/v1` alone: https://docs.vllm.ai/en/latest/usage/metrics/ */
const metrics: HttpCheck = {
  path: "/metrics",
  read(reply) {
    const labels = labelsOf(reply, "vllm:num_requests_running");
    const model = labels?.get("model_name");
    if (model === undefined) return undefined;
    return {
      product: "vLLM",
      confidence: 0.93,
      health: "healthy",
      summary: `GET /metrics had vllm:num_requests_running of ${quoted(model)}`,
      metadata: { models: [model] },
    };
  },
};

/** Others answer the same: it tells the version of what was named by something else. */
const version: HttpCheck = {
  path: "/version",
  read({ status, json, headers }) {
    const found = wordAt(json, "version");
    if (status !== 200 || found === undefined || !hasOnly(json, "version")) return undefined;
    if (headers["server"] !== "uvicorn" || !/^\d+\.\d+\.\d+/.test(found)) return undefined;
    return {
      product: "vLLM",
      version: found,
      confidence: FITS,
      summary: `GET /version answered ${quoted(found)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "vllm",
  title: "vLLM",
  category: "llm",
  summary: "LLM server for GPUs",
  ports: [8000],
  scheme: "http",
  tlsScheme: "https",
  products: ["vLLM"],
  processes: ["vllm", "VLLM::APIServer"],
  http: [models, version, metrics],
  healthPaths: ["/health"],
  examples: [
    {
      name: "one model",
      path: "/v1/models",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"object":"list","data":[{"id":"facebook/opt-125m","object":"model","created":1717141452,"owned_by":"vllm","root":"facebook/opt-125m","parent":null,"max_model_len":2048,"permission":[{"id":"modelperm-7dc5f9a4d5c24a0f8a7c6f5f2a0b7c11","object":"model_permission","created":1717141452,"allow_create_engine":false,"allow_sampling":true,"allow_logprobs":true,"allow_search_indices":false,"allow_view":true,"allow_fine_tuning":false,"organization":"*","group":null,"is_blocking":false}]}]}',
      expect: { product: "vLLM", health: "healthy" },
    },
    {
      name: "vLLM 0.6",
      path: "/version",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"version":"0.6.3.post1"}',
      expect: { product: "vLLM", version: "0.6.3.post1" },
    },
    {
      name: "where an API key guards the models",
      path: "/metrics",
      headers: { server: "uvicorn", "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      body: '# HELP process_open_fds Number of open file descriptors.\n# TYPE process_open_fds gauge\nprocess_open_fds 61.0\n# HELP vllm:num_requests_running Number of requests in model execution batches.\n# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{engine="0",model_name="facebook/opt-125m"} 0.0\n',
      expect: { product: "vLLM", health: "healthy" },
    },
  ],
};

export default entry;
