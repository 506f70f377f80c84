import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";

/**
 * `GET /` answers a bare "Ok." and a query would need a user. A path that it does not know gets an answer like no
 * other's: ClickHouse/ClickHouse, src/Server/NotFoundHandler.cpp.
 */
const unknownPath: HttpCheck = {
  path: "/version",
  read({ status, body }) {
    if (status !== 404 || !/^There is no handle \/version\b/.test(body)) return undefined;
    if (!/\bUse \/ or \/ping for health checks\b/.test(body)) return undefined;
    return {
      product: "ClickHouse",
      confidence: 0.95,
      health: "healthy",
      summary: 'GET /version answered 404 "There is no handle /version"',
    };
  },
};

const entry: CatalogEntry = {
  type: "clickhouse",
  title: "ClickHouse",
  category: "database",
  summary: "Column database for analytics, over its HTTP interface",
  ports: [8123, 8443],
  tlsPorts: [8443],
  scheme: "http",
  tlsScheme: "https",
  products: ["ClickHouse"],
  processes: ["clickhouse-serv"],
  http: [unknownPath],
  healthPaths: ["/ping"],
  examples: [
    {
      name: "ClickHouse 22",
      path: "/version",
      status: 404,
      headers: { "content-type": "text/plain; charset=UTF-8" },
      body: "There is no handle /version\n\nUse / or /ping for health checks.\nOr /replicas_status for more sophisticated health checks.\n\nSend queries from your program with POST method or GET /?query=...\n\nUse clickhouse-client:\n\nFor interactive data analysis:\n    clickhouse-client\n",
      expect: { product: "ClickHouse", health: "healthy" },
    },
    {
      name: "ClickHouse 23, which guesses what was meant",
      path: "/version",
      status: 404,
      headers: { "content-type": "text/plain; charset=UTF-8" },
      body: "There is no handle /version. Maybe you meant /dashboard.\n\nUse / or /ping for health checks.\nOr /replicas_status for more sophisticated health checks.\n\nSend queries from your program with POST method or GET /?query=...\n\nUse clickhouse-client:\n\nFor interactive data analysis:\n    clickhouse-client\n",
      expect: { product: "ClickHouse", health: "healthy" },
    },
  ],
};

export default entry;
