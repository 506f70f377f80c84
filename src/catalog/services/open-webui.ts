import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { asObject, objectAt, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

const config: HttpCheck = {
  path: "/api/config",
  read({ status, json }) {
    const name = stringAt(json, "name") ?? "";
    // A name of one's own gets "(Open WebUI)" behind it: open-webui/open-webui, backend/open_webui/env.py
    if (status !== 200 || (name !== "Open WebUI" && !name.endsWith(" (Open WebUI)"))) return undefined;
    if (asObject(json)?.["status"] !== true || objectAt(json, "features") === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "version") }),
      product: "Open WebUI",
      confidence: 0.97,
      health: "healthy",
      summary: `GET /api/config answered name ${quoted(name)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "open-webui",
  title: "Open WebUI",
  category: "ai",
  summary: "Chat page for local LLM servers",
  ports: [3000, 8080],
  scheme: "http",
  tlsScheme: "https",
  products: ["Open WebUI"],
  http: [config],
  healthPaths: ["/health"],
  examples: [
    {
      name: "Open WebUI 0.6",
      path: "/api/config",
      headers: { server: "uvicorn", "content-type": "application/json" },
      body: '{"status":true,"name":"Open WebUI","version":"0.6.5","default_locale":"","oauth":{"providers":{}},"features":{"auth":true,"auth_trusted_header":false,"enable_ldap":false,"enable_api_key":true,"enable_signup":true,"enable_login_form":true,"enable_websocket":true}}',
      expect: { product: "Open WebUI", version: "0.6.5", health: "healthy" },
    },
    {
      name: "with a name of its own",
      path: "/api/config",
      body: '{"status":true,"name":"House Chat (Open WebUI)","version":"0.5.20","default_locale":"de-DE","features":{"auth":true}}',
      expect: { product: "Open WebUI", version: "0.5.20" },
    },
  ],
};

export default entry;
