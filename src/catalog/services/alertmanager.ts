import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// prometheus/alertmanager, api/v2/openapi.yaml: alertmanagerStatus
const status: HttpCheck = {
  path: "/api/v2/status",
  read({ status, json }) {
    const cluster = stringAt(objectAt(json, "cluster"), "status");
    const build = objectAt(json, "versionInfo");
    if (status !== 200 || cluster === undefined || objectAt(json, "config") === undefined) return undefined;
    if (stringAt(build, "version") === undefined || stringAt(json, "uptime") === undefined) return undefined;
    return {
      ...facts({ version: wordAt(build, "version") }),
      product: "Alertmanager",
      confidence: 0.98,
      health: cluster === "settling" ? "degraded" : "healthy",
      summary: "GET /api/v2/status answered cluster, config, uptime and versionInfo",
    };
  },
};

const entry: CatalogEntry = {
  type: "alertmanager",
  title: "Alertmanager",
  category: "observability",
  summary: "Routes the alerts of Prometheus",
  ports: [9093],
  scheme: "http",
  tlsScheme: "https",
  products: ["Alertmanager"],
  processes: ["alertmanager", "prometheus-aler"],
  http: [status],
  healthPaths: ["/-/healthy", "/-/ready"],
  examples: [
    {
      name: "Alertmanager 0.27",
      path: "/api/v2/status",
      headers: { "content-type": "application/json" },
      body: '{"cluster":{"name":"01HV6YB9H8ZP1QZC8SZQBX1M2V","peers":[{"address":"172.17.0.2:9094","name":"01HV6YB9H8ZP1QZC8SZQBX1M2V"}],"status":"ready"},"config":{"original":"global:\\n  resolve_timeout: 5m\\nroute:\\n  receiver: web.hook\\n"},"uptime":"2024-04-11T09:12:45.123Z","versionInfo":{"branch":"HEAD","buildDate":"20240228-11:51:20","buildUser":"root@22cd11f671e9","goVersion":"go1.21.7","revision":"0aa3c2aad14cff039931923ab16b26b7481783b5","version":"0.27.0"}}',
      expect: { product: "Alertmanager", version: "0.27.0", health: "healthy" },
    },
    {
      name: "Alertmanager that still looks for its peers",
      path: "/api/v2/status",
      body: '{"cluster":{"name":"01HV6YB9H8ZP1QZC8SZQBX1M2V","peers":[],"status":"settling"},"config":{"original":""},"uptime":"2024-04-11T09:12:45.123Z","versionInfo":{"branch":"HEAD","buildDate":"20240228-11:51:20","buildUser":"root@22cd11f671e9","goVersion":"go1.21.7","revision":"0aa3c2aad14cff039931923ab16b26b7481783b5","version":"0.27.0"}}',
      expect: { product: "Alertmanager", version: "0.27.0", health: "degraded" },
    },
  ],
};

export default entry;
