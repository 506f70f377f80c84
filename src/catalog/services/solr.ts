import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import { challengeOf, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// https://solr.apache.org/guide/solr/latest/configuration-guide/implicit-requesthandlers.html
const system: HttpCheck = {
  path: "/solr/admin/info/system",
  read(reply) {
    const lucene = objectAt(reply.json, "lucene");
    if (/^(x?Basic) realm="solr"/.test(challengeOf(reply) ?? "")) {
      return {
        product: "Solr",
        confidence: 0.9,
        health: "protected",
        summary: 'GET /solr/admin/info/system answered 401 with realm "solr"',
      };
    }
    if (reply.status !== 200 || stringAt(lucene, "solr-spec-version") === undefined) return undefined;
    return {
      ...facts({ version: wordAt(lucene, "solr-spec-version") }),
      product: "Solr",
      confidence: 0.98,
      health: "healthy",
      summary: "GET /solr/admin/info/system answered solr-spec-version",
    };
  },
};

const entry: CatalogEntry = {
  type: "solr",
  title: "Solr",
  category: "search",
  summary: "Search server",
  ports: [8983],
  scheme: "http",
  tlsScheme: "https",
  products: ["Solr"],
  http: [system],
  healthPaths: ["/solr/admin/info/health"],
  examples: [
    {
      name: "Solr 9.5",
      path: "/solr/admin/info/system",
      headers: { "content-type": "application/json;charset=utf-8" },
      body: '{\n  "responseHeader":{\n    "status":0,\n    "QTime":14\n  },\n  "mode":"std",\n  "solr_home":"/var/solr/data",\n  "core_root":"/var/solr/data",\n  "lucene":{\n    "solr-spec-version":"9.5.0",\n    "solr-impl-version":"9.5.0 cd64a29ca93ac7e8a6ad8a4a2e4a1d8a6e4a8a1a - jason - 2024-02-01",\n    "lucene-spec-version":"9.9.2",\n    "lucene-impl-version":"9.9.2 a2939784c4ca60bcc7bd1b3b4bc1b6d1f1a35c1d - 2024-01-24"\n  }\n}',
      expect: { product: "Solr", version: "9.5.0", health: "healthy" },
    },
    {
      name: "with basic authentication",
      path: "/solr/admin/info/system",
      status: 401,
      headers: { "www-authenticate": 'Basic realm="solr"', "content-type": "text/html;charset=iso-8859-1" },
      body: "<html>\n<head>\n<title>Error 401 Authentication failed, Response code: 401</title>\n</head>\n</html>\n",
      expect: { product: "Solr", health: "protected" },
    },
  ],
};

export default entry;
