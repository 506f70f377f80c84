import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// https://grafana.com/docs/loki/latest/reference/loki-http-api/#show-build-information
const buildinfo: HttpCheck = {
  path: "/loki/api/v1/status/buildinfo",
  read({ status, json }) {
    const known = ["version", "revision", "goVersion"].every((key) => stringAt(json, key) !== undefined);
    if (status !== 200 || !known) return undefined;
    return {
      ...facts({ version: wordAt(json, "version")?.replace(/^v/, "") }),
      product: "Loki",
      confidence: 0.95,
      health: "healthy",
      summary: "GET /loki/api/v1/status/buildinfo answered version, revision and goVersion",
    };
  },
};

const entry: CatalogEntry = {
  type: "loki",
  title: "Loki",
  category: "observability",
  summary: "Log database",
  ports: [3100],
  scheme: "http",
  tlsScheme: "https",
  products: ["Loki"],
  processes: ["loki"],
  http: [buildinfo],
  healthPaths: ["/ready"],
  examples: [
    {
      name: "Loki 2.9",
      path: "/loki/api/v1/status/buildinfo",
      headers: { "content-type": "application/json" },
      body: '{"version":"2.9.5","revision":"0da77ee2b","branch":"HEAD","buildUser":"root@f3f5ec38fdaf","buildDate":"2024-02-28T13:41:48Z","goVersion":"go1.21.3"}',
      expect: { product: "Loki", version: "2.9.5", health: "healthy" },
    },
    {
      name: "Loki 3.0",
      path: "/loki/api/v1/status/buildinfo",
      body: '{"version":"3.0.0","revision":"b4f7181c7","branch":"HEAD","buildUser":"root@buildkitsandbox","buildDate":"2024-04-08T18:57:52Z","goVersion":"go1.21.9"}',
      expect: { product: "Loki", version: "3.0.0", health: "healthy" },
    },
  ],
};

export default entry;
