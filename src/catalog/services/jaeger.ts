import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { titleOf } from "../http-reading.ts";
import { facts } from "../reading.ts";

// jaegertracing/jaeger-ui, index.html: the query service writes its version into the page.
const root: HttpCheck = {
  path: "/",
  read(reply) {
    if (reply.status !== 200 || titleOf(reply) !== "Jaeger UI") return undefined;
    const version = /\bJAEGER_VERSION\s*=\s*\{[^}]{0,200}"gitVersion":"v?([\w.+-]{1,40})"/.exec(
      reply.body,
    )?.[1];
    return {
      ...facts({ version }),
      product: "Jaeger",
      confidence: 0.93,
      health: "healthy",
      summary: 'GET / is titled "Jaeger UI"',
    };
  },
};

const entry: CatalogEntry = {
  type: "jaeger",
  title: "Jaeger",
  category: "observability",
  summary: "Distributed tracing",
  ports: [16686],
  scheme: "http",
  tlsScheme: "https",
  products: ["Jaeger"],
  processes: ["jaeger", "jaeger-all-in-o", "jaeger-query"],
  http: [root],
  examples: [
    {
      name: "Jaeger 1.55",
      path: "/",
      headers: { "content-type": "text/html; charset=utf-8" },
      body: '<!doctype html><html lang="en"><head><meta charset="utf-8"/><base href="/" data-inject-target="BASE_URL"/><title>Jaeger UI</title><script>function getJaegerVersion(){const e={gitCommit:"",gitVersion:"",buildDate:""};const JAEGER_VERSION = {"gitCommit":"f8bb2f0c1a6d","gitVersion":"v1.55.0","buildDate":"2024-03-05T00:00:00Z"};return JAEGER_VERSION}</script>',
      expect: { product: "Jaeger", version: "1.55.0", health: "healthy" },
    },
    {
      name: "page without a version",
      path: "/",
      body: "<!doctype html><html><head><title>Jaeger UI</title>",
      expect: { product: "Jaeger", health: "healthy" },
    },
  ],
};

export default entry;
