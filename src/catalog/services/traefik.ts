import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import { titleOf, wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

// traefik/traefik, pkg/version/version.go. On its entry points it sends no header of its own.
const version: HttpCheck = {
  path: "/api/version",
  read({ status, json }) {
    const codename = stringAt(json, "Codename");
    if (status !== 200 || codename === undefined || stringAt(json, "Version") === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "Version") }),
      product: "Traefik",
      confidence: 0.97,
      health: "healthy",
      summary: `GET /api/version answered Version and Codename ${quoted(codename)}`,
    };
  },
};

const dashboard: HttpCheck = {
  path: "/",
  read(reply) {
    const title = titleOf(reply);
    if (reply.status !== 200 || (title !== "Traefik" && title !== "Traefik Proxy")) return undefined;
    return { product: "Traefik", confidence: 0.85, summary: `GET / is titled ${quoted(title)}` };
  },
};

const entry: CatalogEntry = {
  type: "traefik",
  title: "Traefik",
  category: "web",
  carrier: true,
  summary: "Reverse proxy that learns its routes from containers",
  ports: [80, 443, 8080],
  tlsPorts: [443],
  scheme: "http",
  tlsScheme: "https",
  products: ["Traefik"],
  processes: ["traefik"],
  http: [dashboard, version],
  healthPaths: ["/ping"],
  examples: [
    {
      name: "Traefik 3.0",
      path: "/api/version",
      headers: { "content-type": "application/json; charset=UTF-8" },
      body: '{"Version":"3.0.0","Codename":"beaufort","startDate":"2024-05-02T08:14:21.123456789Z"}',
      expect: { product: "Traefik", version: "3.0.0", health: "healthy" },
    },
    {
      name: "dashboard",
      path: "/",
      headers: { "content-type": "text/html; charset=utf-8" },
      body: "<!DOCTYPE html><html><head><title>Traefik</title><meta charset=utf-8>",
      expect: { product: "Traefik" },
    },
  ],
};

export default entry;
