import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import { FITS, hasOnly, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

const root: HttpCheck = {
  path: "/",
  read({ status, json }) {
    if (status !== 200 || stringAt(json, "status") !== "Meilisearch is running") return undefined;
    return {
      product: "Meilisearch",
      confidence: 0.97,
      health: "healthy",
      summary: 'GET / answered status "Meilisearch is running"',
    };
  },
};

// https://www.meilisearch.com/docs/reference/api/version
const version: HttpCheck = {
  path: "/version",
  read({ status, json }) {
    const link = stringAt(json, "link") ?? "";
    if ((status === 401 || status === 403) && link.startsWith("https://docs.meilisearch.com/errors#")) {
      return {
        product: "Meilisearch",
        confidence: 0.96,
        health: "protected",
        summary: `GET /version answered ${status} with a link to the errors of Meilisearch`,
      };
    }
    const told = ["commitSha", "commitDate", "pkgVersion"].every((key) => stringAt(json, key) !== undefined);
    if (status !== 200 || !told) return undefined;
    return {
      ...facts({ version: wordAt(json, "pkgVersion") }),
      product: "Meilisearch",
      confidence: 0.98,
      health: "healthy",
      summary: "GET /version answered commitSha, commitDate and pkgVersion",
    };
  },
};

const health: HttpCheck = {
  path: "/health",
  read({ status, json }) {
    if (status !== 200 || stringAt(json, "status") !== "available" || !hasOnly(json, "status"))
      return undefined;
    return {
      product: "Meilisearch",
      confidence: FITS,
      health: "healthy",
      summary: 'GET /health answered status "available"',
    };
  },
};

const entry: CatalogEntry = {
  type: "meilisearch",
  title: "Meilisearch",
  category: "search",
  summary: "Search engine",
  ports: [7700],
  scheme: "http",
  tlsScheme: "https",
  products: ["Meilisearch"],
  processes: ["meilisearch"],
  http: [root, version, health],
  healthPaths: ["/health"],
  examples: [
    {
      name: "production",
      path: "/",
      headers: { "content-type": "application/json" },
      body: '{"status":"Meilisearch is running"}',
      expect: { product: "Meilisearch", health: "healthy" },
    },
    {
      name: "Meilisearch 1.7 without a master key",
      path: "/version",
      headers: { "content-type": "application/json" },
      body: '{"commitSha":"b46889b5f0f2f8b91438a08a358ba8f05fc09fc1","commitDate":"2024-03-11T10:21:03Z","pkgVersion":"1.7.0"}',
      expect: { product: "Meilisearch", version: "1.7.0", health: "healthy" },
    },
    {
      name: "with a master key",
      path: "/version",
      status: 401,
      headers: { "content-type": "application/json" },
      body: '{"message":"The Authorization header is missing. It must use the bearer authorization method.","code":"missing_authorization_header","type":"auth","link":"https://docs.meilisearch.com/errors#missing_authorization_header"}',
      expect: { product: "Meilisearch", health: "protected" },
    },
    {
      name: "in order",
      path: "/health",
      headers: { "content-type": "application/json" },
      body: '{"status":"available"}',
      expect: { product: "Meilisearch", health: "healthy" },
    },
  ],
};

export default entry;
