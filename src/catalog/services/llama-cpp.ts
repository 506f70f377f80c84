import type { CatalogEntry, HttpCheck, HttpReply, Match } from "../../model/catalog.ts";
import { asObject, objectAt, stringAt } from "../../model/json.ts";
import type { Health } from "../../model/observation.ts";
import { modelsOwnedBy, serverNamed, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// ggml-org/llama.cpp, tools/server/README.md. Every answer carries `Server: llama.cpp`.
function named(reply: HttpReply, path: string): Match | undefined {
  if (serverNamed(reply, "llama.cpp") === undefined) return undefined;
  return {
    ...facts({ health: healthOf(reply) }),
    product: "llama.cpp",
    confidence: 0.95,
    summary: `GET ${path} answered ${reply.status}, Server llama.cpp`,
  };
}

/** Nothing to say of an answer that any state gives. */
function healthOf({ status, json }: HttpReply): Health | undefined {
  const kind = stringAt(objectAt(json, "error"), "type");
  if (status === 503 && kind === "unavailable_error") return "degraded"; // the model is being loaded
  return status === 401 && kind === "authentication_error" ? "protected" : undefined;
}

const root: HttpCheck = { path: "/", read: (reply) => named(reply, "/") };
const health: HttpCheck = { path: "/health", read: (reply) => named(reply, "/health") };

const props: HttpCheck = {
  path: "/props",
  read(reply) {
    const { status, json } = reply;
    const slots = asObject(json)?.["total_slots"];
    if (status !== 200 || typeof slots !== "number") return named(reply, "/props");
    if (objectAt(json, "default_generation_settings") === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "build_info") }),
      product: "llama.cpp",
      confidence: 0.98,
      health: "healthy",
      summary: `GET /props answered default_generation_settings and ${slots} slots`,
    };
  },
};

const models: HttpCheck = {
  path: "/v1/models",
  read(reply) {
    const names = modelsOwnedBy(reply, "llamacpp");
    if (names === undefined) return undefined;
    return {
      product: "llama.cpp",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /v1/models listed ${names.length} models owned by llamacpp`,
      metadata: { models: names },
    };
  },
};

const entry: CatalogEntry = {
  type: "llama-cpp",
  title: "llama.cpp",
  category: "llm",
  summary: "The server of llama.cpp",
  ports: [8080],
  scheme: "http",
  tlsScheme: "https",
  products: ["llama.cpp"],
  processes: ["llama-server"],
  http: [root, props, models, health],
  healthPaths: ["/health"],
  examples: [
    {
      name: "web page",
      path: "/",
      headers: { server: "llama.cpp", "content-type": "text/html; charset=utf-8" },
      body: "<!doctype html>\n<html>\n<head><title>llama.cpp</title>",
      expect: { product: "llama.cpp" },
    },
    {
      name: "b8681",
      path: "/props",
      headers: { server: "llama.cpp", "content-type": "application/json; charset=utf-8" },
      body: '{"default_generation_settings":{"n_ctx":65536,"params":{"temperature":0.8}},"total_slots":4,"model_alias":"unsloth/Qwen3.6-35B-A3B-GGUF","model_path":"/models/qwen.gguf","modalities":{"vision":true,"audio":false},"chat_template":"","bos_token":",","eos_token":"<|im_end|>","build_info":"b8681-Debian"}',
      expect: { product: "llama.cpp", version: "b8681-Debian", health: "healthy" },
    },
    {
      name: "still loading its model",
      path: "/props",
      status: 503,
      headers: { server: "llama.cpp", "content-type": "application/json; charset=utf-8" },
      body: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
      expect: { product: "llama.cpp", health: "degraded" },
    },
    {
      name: "with an API key",
      path: "/props",
      status: 401,
      headers: { server: "llama.cpp", "content-type": "application/json; charset=utf-8" },
      body: '{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}',
      expect: { product: "llama.cpp", health: "protected" },
    },
    {
      name: "its model is loaded",
      path: "/health",
      headers: { server: "llama.cpp", "content-type": "application/json; charset=utf-8" },
      body: '{"status":"ok"}',
      expect: { product: "llama.cpp" },
    },
    {
      name: "its model is being loaded",
      path: "/health",
      status: 503,
      headers: { server: "llama.cpp", "content-type": "application/json; charset=utf-8" },
      body: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
      expect: { product: "llama.cpp", health: "degraded" },
    },
    {
      name: "one model",
      path: "/v1/models",
      headers: { server: "llama.cpp", "content-type": "application/json; charset=utf-8" },
      body: '{"models":[{"name":"qwen","model":"qwen","type":"model"}],"object":"list","data":[{"id":"qwen","object":"model","created":1735142223,"owned_by":"llamacpp","meta":{"vocab_type":2,"n_vocab":128256,"n_ctx_train":131072,"n_embd":4096,"n_params":8030261312,"size":4912898304}}]}',
      expect: { product: "llama.cpp", health: "healthy" },
    },
  ],
};

export default entry;
