import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { serverNamed, titleOf } from "../http-reading.ts";

const root: HttpCheck = {
  path: "/",
  read(reply) {
    const istio = serverNamed(reply, "istio-envoy") !== undefined;
    if (!istio && serverNamed(reply, "envoy") === undefined) return undefined;
    const own = titleOf(reply) === "Envoy Admin";
    return {
      product: istio ? "Istio" : "Envoy",
      confidence: own ? 0.95 : 0.8,
      summary: `GET / answered ${reply.status}, Server ${istio ? "istio-envoy" : "envoy"}${own ? ", with its admin page" : ""}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "envoy",
  title: "Envoy",
  category: "web",
  carrier: true,
  summary: "Service proxy",
  ports: [9901, 10000, 15000],
  scheme: "http",
  tlsScheme: "https",
  products: ["Envoy", "Istio"],
  processes: ["envoy"],
  http: [root],
  healthPaths: ["/ready"],
  examples: [
    {
      name: "admin page",
      path: "/",
      headers: {
        server: "envoy",
        "content-type": "text/html; charset=UTF-8",
        "x-content-type-options": "nosniff",
      },
      body: "<head>\n  <title>Envoy Admin</title>\n",
      expect: { product: "Envoy" },
    },
    {
      name: "no upstream",
      path: "/",
      status: 503,
      headers: { server: "envoy", "content-type": "text/plain" },
      body: "no healthy upstream",
      expect: { product: "Envoy" },
    },
    {
      name: "side-car",
      path: "/",
      headers: { server: "istio-envoy", "x-envoy-upstream-service-time": "3" },
      body: "hello",
      expect: { product: "Istio" },
    },
  ],
};

export default entry;
