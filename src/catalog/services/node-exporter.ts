import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { labelsOf, titleOf } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

/** prometheus/exporter-toolkit, web/landing_page.html, as prometheus/node_exporter fills it in. */
const root: HttpCheck = {
  path: "/",
  read(reply) {
    if (reply.status !== 200 || titleOf(reply) !== "Node Exporter") return undefined;
    if (!/<a href="\/?metrics">Metrics<\/a>/.test(reply.body)) return undefined;
    const version = /Version: \(version=([\w.+-]{1,40}),/.exec(reply.body)?.[1];
    return {
      ...facts({ version }),
      product: "node_exporter",
      confidence: 0.95,
      health: "healthy",
      summary: 'GET / is titled "Node Exporter" and links to its metrics',
    };
  },
};

const metrics: HttpCheck = {
  path: "/metrics",
  read(reply) {
    const labels = labelsOf(reply, "node_exporter_build_info");
    // A gateway that passes on the metrics of others says whose they are.
    if (labels === undefined || labels.has("instance") || labels.has("job")) return undefined;
    const version = labels.get("version");
    return {
      ...facts({ version }),
      product: "node_exporter",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /metrics had node_exporter_build_info, version ${quoted(version ?? "")}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "node-exporter",
  title: "Node exporter",
  category: "observability",
  summary: "Metrics of a host for Prometheus",
  ports: [9100],
  scheme: "http",
  tlsScheme: "https",
  products: ["node_exporter"],
  processes: ["node_exporter", "prometheus-node"],
  http: [root, metrics],
  healthPaths: ["/"],
  examples: [
    {
      name: "node_exporter 1.8",
      path: "/",
      headers: { "content-type": "text/html; charset=UTF-8" },
      body: '<!DOCTYPE html>\n<html lang="en">\n  <head>\n    <meta charset="UTF-8">\n    <title>Node Exporter</title>\n  </head>\n  <body>\n    <header>\n      <h1>Node Exporter</h1>\n    </header>\n    <main>\n      <h2>Prometheus Node Exporter</h2>\n      <div>Version: (version=1.8.2, branch=HEAD, revision=f1e0e8360aa60b6cb5e5cc1560bed348fc2c1895)</div>\n      <div>\n        <ul>\n          <li><a href="/metrics">Metrics</a></li>\n        </ul>\n      </div>\n',
      expect: { product: "node_exporter", version: "1.8.2", health: "healthy" },
    },
    {
      name: "node_exporter 1.3, before there was a version on it",
      path: "/",
      body: '<html>\n\t\t\t<head><title>Node Exporter</title></head>\n\t\t\t<body>\n\t\t\t<h1>Node Exporter</h1>\n\t\t\t<p><a href="/metrics">Metrics</a></p>\n\t\t\t</body>\n\t\t\t</html>',
      expect: { product: "node_exporter", health: "healthy" },
    },
    {
      name: "node_exporter 1.8",
      path: "/metrics",
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=values" },
      body: '# HELP node_exporter_build_info A metric with a constant \'1\' value labeled by version, revision, branch, goversion from which node_exporter was built, and the goos and goarch for the build.\n# TYPE node_exporter_build_info gauge\nnode_exporter_build_info{branch="HEAD",goarch="amd64",goos="linux",goversion="go1.22.5",revision="f1e0e8360aa60b6cb5e5cc1560bed348fc2c1895",tags="unknown",version="1.8.2"} 1\n',
      expect: { product: "node_exporter", version: "1.8.2", health: "healthy" },
    },
  ],
};

export default entry;
