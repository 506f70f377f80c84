import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// https://prometheus.io/docs/prometheus/latest/querying/api/#build-information
const buildinfo: HttpCheck = {
  path: "/api/v1/status/buildinfo",
  read({ status, json }) {
    const data = objectAt(json, "data");
    if (status !== 200 || stringAt(json, "status") !== "success") return undefined;
    const version = wordAt(data, "version");
    if (version === undefined) return undefined;
    if (stringAt(data, "goVersion") === undefined) {
      // VictoriaMetrics tells a Prometheus version here that it is as good as, and nothing else.
      return {
        confidence: 0.7,
        health: "healthy",
        summary: "GET /api/v1/status/buildinfo answered a version",
      };
    }
    const product = productOf(wordAt(data, "application"), version);
    return {
      product,
      version,
      confidence: 0.97,
      health: "healthy",
      summary: `GET /api/v1/status/buildinfo answered as ${product}`,
    };
  },
};

/** Mimir, Cortex and others name themselves; Thanos does not, but Prometheus had no such answer before 2.14. */
function productOf(application: string | undefined, version: string): string {
  if (application !== undefined) return application.replaceAll(/[^\x20-\x7e]/g, "");
  return version.startsWith("0.") ? "Thanos" : "Prometheus";
}

const root: HttpCheck = {
  path: "/",
  read({ status, body }) {
    const found = /^\s*<h2>Single-node VictoriaMetrics<\/h2>/.exec(body);
    if (status !== 200 || found === null) return undefined;
    const version = /^Version:? ?(?:victoria-metrics-)?(?:.{0,60}-)?(v\d+\.\d+\.\d+)\b/m.exec(body)?.[1];
    return {
      ...facts({ version }),
      product: "VictoriaMetrics",
      confidence: 0.93,
      health: "healthy",
      summary: 'GET / is headed "Single-node VictoriaMetrics"',
    };
  },
};

const entry: CatalogEntry = {
  type: "prometheus",
  title: "Prometheus",
  category: "observability",
  summary: "Metrics database; Mimir, Thanos and VictoriaMetrics speak the same protocol",
  ports: [8428, 9090],
  scheme: "http",
  tlsScheme: "https",
  products: ["Prometheus", "Grafana Mimir", "Thanos", "VictoriaMetrics"],
  processes: ["prometheus", "mimir", "thanos", "victoria-metric"],
  http: [root, buildinfo],
  healthPaths: ["/-/healthy", "/-/ready"],
  examples: [
    {
      name: "Prometheus 2.53",
      path: "/api/v1/status/buildinfo",
      headers: { "content-type": "application/json" },
      body: '{"status":"success","data":{"version":"2.53.0","revision":"4c35b9250afefede41c5f5acd76191f90f625898","branch":"HEAD","buildUser":"root@7f8d89cbbd64","buildDate":"20240619-07:39:12","goVersion":"go1.22.4"}}',
      expect: { product: "Prometheus", version: "2.53.0", health: "healthy" },
    },
    {
      name: "Mimir",
      path: "/api/v1/status/buildinfo",
      body: '{"status":"success","data":{"application":"Grafana Mimir","version":"2.15.0","revision":"b4ac5e1","branch":"HEAD","goVersion":"go1.23.4","features":{"ruler_config_api":"true","alertmanager_config_api":"true","query_sharding":"false","federated_rules":"false"}}}',
      expect: { product: "Grafana Mimir", version: "2.15.0" },
    },
    {
      name: "Thanos Query",
      path: "/api/v1/status/buildinfo",
      body: '{"status":"success","data":{"version":"0.35.1","revision":"086a698b21952f2ab28d62e4e39a3a5a1a01a4e1","branch":"HEAD","buildUser":"root@be0f036fd8fa","buildDate":"20240528-13:54:20","goVersion":"go1.21.10"}}',
      expect: { product: "Thanos", version: "0.35.1" },
    },
    {
      name: "VictoriaMetrics",
      path: "/api/v1/status/buildinfo",
      body: '{"status":"success","data":{"version":"2.24.0"}}',
      expect: { health: "healthy" },
    },
    {
      name: "VictoriaMetrics",
      path: "/",
      headers: { "content-type": "text/html; charset=utf-8" },
      body: "<h2>Single-node VictoriaMetrics</h2></br>\nSee docs at <a href='https://docs.victoriametrics.com/'>https://docs.victoriametrics.com/</a></br>\nUseful endpoints:</br>\n",
      expect: { product: "VictoriaMetrics", health: "healthy" },
    },
  ],
};

export default entry;
