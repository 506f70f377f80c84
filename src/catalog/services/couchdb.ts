import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import { serverNamed, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// https://docs.couchdb.org/en/stable/api/server/common.html#get--
const root: HttpCheck = {
  path: "/",
  read(reply) {
    const { status, json } = reply;
    const server = serverNamed(reply, "CouchDB");
    if (status === 200 && stringAt(json, "couchdb") === "Welcome") {
      return {
        ...facts({ version: wordAt(json, "version") }),
        product: "CouchDB",
        confidence: 0.98,
        health: "healthy",
        summary: 'GET / answered couchdb "Welcome"',
      };
    }
    if (status !== 401 || server === undefined) return undefined;
    return {
      ...facts({ version: server.version }),
      product: "CouchDB",
      confidence: 0.95,
      health: "protected",
      summary: "GET / answered 401, Server CouchDB",
    };
  },
};

const entry: CatalogEntry = {
  type: "couchdb",
  title: "CouchDB",
  category: "database",
  summary: "Document database",
  ports: [5984, 6984],
  tlsPorts: [6984],
  dnsServices: ["_couchdb._tcp"],
  scheme: "http",
  tlsScheme: "https",
  products: ["CouchDB"],
  processes: ["beam.smp"],
  http: [root],
  healthPaths: ["/_up"],
  examples: [
    {
      name: "CouchDB 3.3",
      path: "/",
      headers: { server: "CouchDB/3.3.3 (Erlang OTP/24)", "content-type": "application/json" },
      body: '{"couchdb":"Welcome","version":"3.3.3","git_sha":"40afbcfc7","uuid":"c2d1c1e7a0a54b5fa5b3f0a4a8f1a9f5","features":["access-ready","partitioned","pluggable-storage-engines","reshard","scheduler"],"vendor":{"name":"The Apache Software Foundation"}}\n',
      expect: { product: "CouchDB", version: "3.3.3", health: "healthy" },
    },
    {
      name: "require_valid_user",
      path: "/",
      status: 401,
      headers: {
        server: "CouchDB/3.3.3 (Erlang OTP/24)",
        "www-authenticate": 'Basic realm="administrator"',
        "content-type": "application/json",
      },
      body: '{"error":"unauthorized","reason":"Authentication required."}\n',
      expect: { product: "CouchDB", version: "3.3.3", health: "protected" },
    },
  ],
};

export default entry;
