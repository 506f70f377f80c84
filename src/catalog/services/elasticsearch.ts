import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

// https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-info
const root: HttpCheck = {
  path: "/",
  read({ status, json }) {
    const refused = stringAt(objectAt(json, "error"), "type");
    if (status === 401 && refused === "security_exception") {
      return {
        product: "Elasticsearch",
        confidence: 0.93,
        health: "protected",
        summary: "GET / answered 401 with a security_exception",
      };
    }
    const version = objectAt(json, "version");
    if (status !== 200 || stringAt(json, "tagline") !== "You Know, for Search") return undefined;
    if (stringAt(version, "number") === undefined || stringAt(version, "distribution") !== undefined)
      return undefined;
    const cluster = wordAt(json, "cluster_name");
    return {
      ...facts({
        version: wordAt(version, "number"),
        metadata: cluster === undefined ? undefined : { cluster },
      }),
      product: "Elasticsearch",
      confidence: 0.98,
      health: "healthy",
      summary: `GET / answered ${quoted("You Know, for Search")} and version ${quoted(stringAt(version, "number") ?? "")}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "elasticsearch",
  title: "Elasticsearch",
  category: "search",
  summary: "Search and analytics engine",
  ports: [9200],
  scheme: "http",
  tlsScheme: "https",
  products: ["Elasticsearch"],
  http: [root],
  healthPaths: ["/_cluster/health"],
  examples: [
    {
      name: "Elasticsearch 8.12 with security off",
      path: "/",
      headers: { "x-elastic-product": "Elasticsearch", "content-type": "application/json" },
      body: '{\n  "name" : "5c8a2b0f2f0a",\n  "cluster_name" : "docker-cluster",\n  "cluster_uuid" : "oyH7D3oFS7qUpMnR7wqLvg",\n  "version" : {\n    "number" : "8.12.2",\n    "build_flavor" : "default",\n    "build_type" : "docker",\n    "build_hash" : "48a287ab9497e852de30327444b0809e55d46466",\n    "build_date" : "2024-02-19T10:04:32.774273190Z",\n    "build_snapshot" : false,\n    "lucene_version" : "9.9.2",\n    "minimum_wire_compatibility_version" : "7.17.0",\n    "minimum_index_compatibility_version" : "7.0.0"\n  },\n  "tagline" : "You Know, for Search"\n}\n',
      expect: { product: "Elasticsearch", version: "8.12.2", health: "healthy" },
    },
    {
      name: "Elasticsearch 8 that wants a password",
      path: "/",
      status: 401,
      headers: {
        "www-authenticate": 'Basic realm="security" charset="UTF-8", ApiKey',
        "content-type": "application/json",
      },
      body: '{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/]","header":{"WWW-Authenticate":["Basic realm=\\"security\\" charset=\\"UTF-8\\"","ApiKey"]}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/]","header":{"WWW-Authenticate":["Basic realm=\\"security\\" charset=\\"UTF-8\\"","ApiKey"]}},"status":401}',
      expect: { product: "Elasticsearch", health: "protected" },
    },
  ],
};

export default entry;
