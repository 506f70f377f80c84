import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";

// It answers nobody without a key; the refusal names the header it wants: typesense, include/http_server.h
const collections: HttpCheck = {
  path: "/collections",
  read({ status, json }) {
    if (status !== 401 || stringAt(json, "message")?.includes("`x-typesense-api-key`") !== true)
      return undefined;
    return {
      product: "Typesense",
      confidence: 0.95,
      health: "protected",
      summary: "GET /collections answered 401 and asked for x-typesense-api-key",
    };
  },
};

const entry: CatalogEntry = {
  type: "typesense",
  title: "Typesense",
  category: "search",
  summary: "Search engine",
  ports: [8108],
  scheme: "http",
  tlsScheme: "https",
  products: ["Typesense"],
  processes: ["typesense-serve"],
  http: [collections],
  healthPaths: ["/health"],
  examples: [
    {
      name: "without a key",
      path: "/collections",
      status: 401,
      headers: { "content-type": "application/json; charset=utf-8" },
      body: '{"message": "Forbidden - a valid `x-typesense-api-key` header must be sent."}',
      expect: { product: "Typesense", health: "protected" },
    },
    {
      name: "behind a reverse proxy",
      path: "/collections",
      status: 401,
      headers: { server: "nginx/1.24.0", "content-type": "application/json; charset=utf-8" },
      body: '{"message":"Forbidden - a valid `x-typesense-api-key` header must be sent."}',
      expect: { product: "Typesense", health: "protected" },
    },
  ],
};

export default entry;
