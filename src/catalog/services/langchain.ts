import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { asObject, objectAt, stringAt } from "../../model/json.ts";
import { openApiOf, wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

/** What LangServe adds below the path of every runnable: langchain-ai/langserve, README, "Endpoints". */
const ROUTES = ["invoke", "batch", "stream", "stream_log", "input_schema", "output_schema", "config_schema"];
/** Of those, the ones that an API of one's own would hardly have. */
const PECULIAR = ["stream_log", "config_schema"];
const LANGGRAPH_TITLES = ["LangGraph Platform", "LangSmith Deployment"];

/** Where a runnable is served: at least four of its routes are there, a peculiar one among them. */
function runnablesIn(paths: readonly string[]): string[] {
  const known = new Set(paths);
  const bases = paths.filter((path) =>
    PECULIAR.some((name) => path.endsWith(`/${name}`) && !path.includes("{")),
  );
  const distinct = [...new Set(bases.map((path) => path.slice(0, path.lastIndexOf("/"))))];
  return distinct.filter((base) => ROUTES.filter((name) => known.has(`${base}/${name}`)).length >= 4);
}

const openapi: HttpCheck = {
  path: "/openapi.json",
  read(reply) {
    const document = openApiOf(reply);
    if (document === undefined) return undefined;
    if (LANGGRAPH_TITLES.includes(document.title)) {
      return {
        product: "LangGraph Server",
        confidence: 0.9,
        health: "healthy",
        summary: `GET /openapi.json is titled ${quoted(document.title)}`,
      };
    }
    const runnables = runnablesIn(document.paths);
    if (runnables.length === 0) return undefined;
    return {
      product: "LangServe",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /openapi.json has the routes of ${runnables.length} runnables`,
      metadata: { runnables: runnables.map((base) => wordAt({ base }, "base") ?? "/") },
    };
  },
};

// https://docs.langchain.com/langsmith/agent-server-api/system/server-information
const info: HttpCheck = {
  path: "/info",
  read({ status, json }) {
    const python = stringAt(json, "langgraph_py_version");
    const node = stringAt(json, "langgraph_js_version");
    const flags = objectAt(json, "flags");
    if (status !== 200 || flags === undefined) return undefined;
    const library = python ?? node;
    if (library === undefined && typeof asObject(flags)?.["assistants"] !== "boolean") return undefined;
    if (library === undefined && typeof asObject(flags)?.["crons"] !== "boolean") return undefined;
    return {
      ...facts({ version: wordAt(json, "version") }),
      product: "LangGraph Server",
      confidence: library === undefined ? 0.85 : 0.97,
      health: "healthy",
      summary: `GET /info answered flags${library === undefined ? "" : ` and LangGraph ${quoted(library)}`}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "langchain",
  title: "LangChain",
  category: "ai",
  summary: "Chains and agents served by LangServe or LangGraph Server",
  ports: [2024, 8000, 8123],
  scheme: "http",
  tlsScheme: "https",
  products: ["LangServe", "LangGraph Server"],
  processes: ["langgraph"],
  http: [info, openapi],
  healthPaths: ["/ok"],
  examples: [
    {
      name: "LangGraph Server",
      path: "/info",
      headers: { "content-type": "application/json" },
      body: '{"version":"0.14.1","langgraph_py_version":"1.2.11","flags":{"assistants":true,"crons":true,"langsmith":false},"host":{"kind":"self-hosted","project_id":null,"revision_id":null,"tenant_id":null}}',
      expect: { product: "LangGraph Server", version: "0.14.1", health: "healthy" },
    },
    {
      name: "LangGraph Server, an old one",
      path: "/info",
      body: '{"flags":{"assistants":true,"crons":false}}',
      expect: { product: "LangGraph Server" },
    },
    {
      name: "LangGraph Server, its OpenAPI document cut off",
      path: "/openapi.json",
      body: '{"openapi":"3.1.0","info":{"title":"LangSmith Deployment","version":"0.1.0"},"tags":[{"name":"Assi',
      expect: { product: "LangGraph Server" },
    },
    {
      name: "LangServe",
      path: "/openapi.json",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"openapi":"3.1.0","info":{"title":"LangChain Server","description":"A simple api server using Langchain\'s Runnable interfaces","version":"1.0"},"paths":{"/joke/invoke":{},"/joke/c/{config_hash}/invoke":{},"/joke/batch":{},"/joke/stream":{},"/joke/stream_log":{},"/joke/stream_events":{},"/joke/input_schema":{},"/joke/output_schema":{},"/joke/config_schema":{},"/joke/c/{config_hash}/config_schema":{}}}',
      expect: { product: "LangServe", health: "healthy" },
    },
  ],
};

export default entry;
