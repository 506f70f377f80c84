import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";

// https://distribution.github.io/distribution/spec/api/#api-version-check
const base: HttpCheck = {
  path: "/v2/",
  read({ status, headers }) {
    if (status !== 200 && status !== 401) return undefined;
    if (!(headers["docker-distribution-api-version"] ?? "").split(", ").includes("registry/2.0"))
      return undefined;
    return {
      confidence: 0.92,
      health: status === 401 ? "protected" : "healthy",
      summary: `GET /v2/ answered ${status}, Docker-Distribution-Api-Version registry/2.0`,
    };
  },
};

const entry: CatalogEntry = {
  type: "docker-registry",
  title: "Container registry",
  category: "storage",
  summary: "Registry of container images, protocol 2",
  ports: [5000],
  scheme: "http",
  tlsScheme: "https",
  processes: ["registry"],
  http: [base],
  healthPaths: ["/v2/"],
  examples: [
    {
      name: "registry image, open",
      path: "/v2/",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "docker-distribution-api-version": "registry/2.0",
        "x-content-type-options": "nosniff",
      },
      body: "{}",
      expect: { health: "healthy" },
    },
    {
      name: "registry image with a password",
      path: "/v2/",
      status: 401,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "docker-distribution-api-version": "registry/2.0",
        "www-authenticate": 'Basic realm="Registry Realm"',
      },
      body: '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}\n',
      expect: { health: "protected" },
    },
  ],
};

export default entry;
