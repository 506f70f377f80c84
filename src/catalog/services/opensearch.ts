import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import { challengeOf, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

/** The realm of the security plug-in: opensearch-project/security, HTTPBasicAuthenticator. */
const REALM = /^Basic realm="OpenSearch Security"/;

const root: HttpCheck = {
  path: "/",
  read(reply) {
    if (REALM.test(challengeOf(reply) ?? "")) {
      return {
        product: "OpenSearch",
        confidence: 0.95,
        health: "protected",
        summary: 'GET / answered 401 with realm "OpenSearch Security"',
      };
    }
    const version = objectAt(reply.json, "version");
    if (reply.status !== 200 || stringAt(version, "number") === undefined) return undefined;
    const distribution = stringAt(version, "distribution");
    // With compatibility.override_main_response_version only the tagline is left of its own name.
    const tagline = stringAt(reply.json, "tagline")?.startsWith("The OpenSearch Project") === true;
    if (distribution !== "opensearch" && !tagline) return undefined;
    const cluster = wordAt(reply.json, "cluster_name");
    return {
      ...facts({
        version: distribution === undefined ? undefined : wordAt(version, "number"),
        metadata: cluster === undefined ? undefined : { cluster },
      }),
      product: "OpenSearch",
      confidence: 0.98,
      health: "healthy",
      summary: `GET / answered ${distribution === undefined ? "the tagline" : "distribution"} of OpenSearch`,
    };
  },
};

const entry: CatalogEntry = {
  type: "opensearch",
  title: "OpenSearch",
  category: "search",
  summary: "Search and analytics engine, the fork of Elasticsearch",
  ports: [9200],
  scheme: "http",
  tlsScheme: "https",
  products: ["OpenSearch"],
  http: [root],
  healthPaths: ["/_cluster/health"],
  examples: [
    {
      name: "OpenSearch 2.13 with security off",
      path: "/",
      headers: { "content-type": "application/json; charset=UTF-8" },
      body: '{\n  "name" : "8b3a1f0e6c4d",\n  "cluster_name" : "docker-cluster",\n  "cluster_uuid" : "UBmEmNm8S5mzUhXC1cX5Gw",\n  "version" : {\n    "distribution" : "opensearch",\n    "number" : "2.13.0",\n    "build_type" : "tar",\n    "build_hash" : "7ec678d1b7c87d6e779fdef94e33623e1f1e2647",\n    "build_date" : "2024-03-26T00:02:39.659767978Z",\n    "build_snapshot" : false,\n    "lucene_version" : "9.10.0",\n    "minimum_wire_compatibility_version" : "7.10.0",\n    "minimum_index_compatibility_version" : "7.0.0"\n  },\n  "tagline" : "The OpenSearch Project: https://opensearch.org/"\n}\n',
      expect: { product: "OpenSearch", version: "2.13.0", health: "healthy" },
    },
    {
      name: "OpenSearch that calls itself 7.10.2 for old clients",
      path: "/",
      body: '{"name":"8b3a1f0e6c4d","cluster_name":"docker-cluster","cluster_uuid":"UBmEmNm8S5mzUhXC1cX5Gw","version":{"number":"7.10.2","build_type":"tar","build_snapshot":false,"lucene_version":"9.10.0"},"tagline":"The OpenSearch Project: https://opensearch.org/"}',
      expect: { product: "OpenSearch", health: "healthy" },
    },
    {
      name: "OpenSearch with its security plug-in",
      path: "/",
      status: 401,
      headers: {
        "www-authenticate": 'Basic realm="OpenSearch Security"',
        "content-type": "text/plain; charset=UTF-8",
      },
      body: "Unauthorized",
      expect: { product: "OpenSearch", health: "protected" },
    },
  ],
};

export default entry;
