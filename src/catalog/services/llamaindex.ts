import type { CatalogEntry, HttpCheck, HttpReply, Match } from "../../model/catalog.ts";
import { asObject, isObject, stringAt } from "../../model/json.ts";
import { hasOnly, wordAt } from "../http-reading.ts";
import { plain } from "../text.ts";

// run-llama/llama_deploy: llama_deploy/apiserver/app.py, llama_deploy/types/apiserver.py
const root: HttpCheck = {
  path: "/",
  read({ status, json }) {
    const docs = stringAt(json, "swagger_docs") ?? "";
    const state = stringAt(json, "status") ?? "";
    if (status !== 200 || !hasOnly(json, "swagger_docs", "status")) return undefined;
    if (!docs.endsWith("/docs") || !state.endsWith("/status")) return undefined;
    return {
      product: "LlamaDeploy",
      confidence: 0.93,
      health: "healthy",
      summary: "GET / answered swagger_docs and status",
    };
  },
};

function statusOf({ status, json }: HttpReply, path: string): Match | undefined {
  const state = wordAt(json, "status");
  if (status !== 200 || !isObject(json) || state === undefined) return undefined;
  if (!["max_deployments", "deployments", "status_message"].every((key) => Object.hasOwn(json, key)))
    return undefined;
  const deployments = asObject(json)?.["deployments"];
  const names = Array.isArray(deployments) ? deployments.filter((name) => typeof name === "string") : [];
  return {
    product: "LlamaDeploy",
    confidence: 0.95,
    health: /^healthy$/i.test(state) ? "healthy" : "degraded",
    summary: `GET ${path} answered status, max_deployments and deployments`,
    metadata: { deployments: names.map((name) => plain(name)) },
  };
}

const state: HttpCheck = { path: "/status", read: (reply) => statusOf(reply, "/status") };
const health: HttpCheck = { path: "/health", read: (reply) => statusOf(reply, "/health") };

const entry: CatalogEntry = {
  type: "llamaindex",
  title: "LlamaIndex",
  category: "ai",
  summary: "LlamaIndex workflows served by LlamaDeploy",
  ports: [4501],
  scheme: "http",
  tlsScheme: "https",
  products: ["LlamaDeploy"],
  http: [root, state, health],
  healthPaths: ["/health", "/status"],
  examples: [
    {
      name: "API server",
      path: "/",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"swagger_docs":"http://localhost:4501/docs","status":"http://localhost:4501/status"}',
      expect: { product: "LlamaDeploy", health: "healthy" },
    },
    {
      name: "API server with one deployment",
      path: "/status",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"status":"Healthy","status_message":"","max_deployments":10,"deployments":["QuickStart"]}',
      expect: { product: "LlamaDeploy", health: "healthy" },
    },
    {
      name: "app server",
      path: "/health",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"status":"Healthy","status_message":"","max_deployments":null,"deployments":null}',
      expect: { product: "LlamaDeploy", health: "healthy" },
    },
  ],
};

export default entry;
