import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

// https://grafana.com/docs/grafana/latest/developers/http_api/other/#returns-health-information-about-grafana
const health: HttpCheck = {
  path: "/api/health",
  read({ json }) {
    const database = stringAt(json, "database");
    const commit = stringAt(json, "commit") ?? "";
    if (database === undefined || stringAt(json, "version") === undefined) return undefined;
    if (!/^[0-9a-f]{7,40}$|^unknown-dev$/.test(commit)) return undefined;
    return {
      ...facts({ version: wordAt(json, "version") }),
      product: "Grafana",
      confidence: 0.95,
      health: database === "ok" ? "healthy" : "unhealthy",
      summary: `GET /api/health answered database ${quoted(database)}, version and commit`,
    };
  },
};

const root: HttpCheck = {
  path: "/",
  read({ status, body }) {
    // The page's own settings; the title may be another one's in a branded installation.
    if (status !== 200 || !/<title>Grafana<\/title>/.test(body)) return undefined;
    if (!/window\.grafanaBootData\s*=/.test(body)) return undefined;
    return { product: "Grafana", confidence: 0.9, summary: "GET / sets window.grafanaBootData" };
  },
};

const entry: CatalogEntry = {
  type: "grafana",
  title: "Grafana",
  category: "observability",
  summary: "Dashboards",
  ports: [3000],
  scheme: "http",
  tlsScheme: "https",
  products: ["Grafana"],
  processes: ["grafana", "grafana-server"],
  http: [root, health],
  healthPaths: ["/api/health"],
  examples: [
    {
      name: "Grafana 10.4",
      path: "/api/health",
      headers: { "content-type": "application/json; charset=UTF-8" },
      body: '{\n  "commit": "0bfd547800e6eb79dc98e55844ba28194b3df002",\n  "database": "ok",\n  "version": "10.4.2"\n}',
      expect: { product: "Grafana", version: "10.4.2", health: "healthy" },
    },
    {
      name: "Grafana that has lost its database",
      path: "/api/health",
      status: 503,
      body: '{"commit":"0bfd547800e6eb79dc98e55844ba28194b3df002","database":"failing","version":"10.4.2"}',
      expect: { product: "Grafana", version: "10.4.2", health: "unhealthy" },
    },
    {
      name: "page for anybody",
      path: "/",
      headers: { "content-type": "text/html; charset=UTF-8" },
      body: '<!DOCTYPE html>\n<html lang="en-US">\n  <head>\n    <meta charset="utf-8" />\n    <title>Grafana</title>\n  </head>\n  <body>\n    <script nonce="">\n      window.grafanaBootData = {\n        user: {},\n      };\n    </script>\n',
      expect: { product: "Grafana" },
    },
  ],
};

export default entry;
