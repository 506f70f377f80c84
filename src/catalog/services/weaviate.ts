import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, isObject, objectAt, stringAt } from "../../model/json.ts";
import { FITS, namesAt, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

// https://docs.weaviate.io/deploy/configuration/meta
const meta: HttpCheck = {
  path: "/v1/meta",
  read({ status, json }) {
    if (status === 401 && stringAt(json, "message")?.startsWith("anonymous access not enabled") === true) {
      return {
        product: "Weaviate",
        confidence: 0.93,
        health: "protected",
        summary: 'GET /v1/meta answered 401 "anonymous access not enabled"',
      };
    }
    const modules = objectAt(json, "modules");
    if (status !== 200 || modules === undefined || stringAt(json, "hostname") === undefined) return undefined;
    if (stringAt(json, "version") === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "version") }),
      product: "Weaviate",
      confidence: 0.95,
      health: "healthy",
      summary: "GET /v1/meta answered hostname, modules and version",
    };
  },
};

// https://docs.weaviate.io/weaviate/api/rest#tag/schema
const schema: HttpCheck = {
  path: "/v1/schema",
  read({ status, json }) {
    const classes = arrayAt(json, "classes");
    if (status !== 200 || classes === undefined) return undefined;
    const names = namesAt(classes, "class");
    const known = classes.every((one) => isObject(one) && ("vectorizer" in one || "vectorConfig" in one));
    if (names === undefined || !known) return undefined;
    return {
      product: "Weaviate",
      confidence: names.length === 0 ? FITS : 0.93,
      health: "healthy",
      summary: `GET /v1/schema listed ${classes.length} collections`,
      metadata: { collections: names },
    };
  },
};

const entry: CatalogEntry = {
  type: "weaviate",
  title: "Weaviate",
  category: "vector",
  summary: "Vector database",
  ports: [8080],
  scheme: "http",
  tlsScheme: "https",
  products: ["Weaviate"],
  processes: ["weaviate"],
  http: [meta, schema],
  healthPaths: ["/v1/.well-known/ready", "/v1/.well-known/live"],
  examples: [
    {
      name: "Weaviate 1.24",
      path: "/v1/meta",
      headers: { "content-type": "application/json" },
      body: '{"hostname":"http://[::]:8080","modules":{"generative-openai":{"documentationHref":"https://platform.openai.com/docs/api-reference/completions","name":"Generative Search - OpenAI"}},"version":"1.24.1"}\n',
      expect: { product: "Weaviate", version: "1.24.1", health: "healthy" },
    },
    {
      name: "without anonymous access",
      path: "/v1/meta",
      status: 401,
      headers: { "content-type": "application/json" },
      body: '{"code":401,"message":"anonymous access not enabled. Please authenticate through one of the available methods: [API-keys]" }',
      expect: { product: "Weaviate", health: "protected" },
    },
    {
      name: "one collection",
      path: "/v1/schema",
      headers: { "content-type": "application/json" },
      body: '{"classes":[{"class":"Article","invertedIndexConfig":{"bm25":{"b":0.75,"k1":1.2},"cleanupIntervalSeconds":60},"properties":[{"dataType":["text"],"name":"title","tokenization":"word"}],"replicationConfig":{"factor":1},"vectorIndexType":"hnsw","vectorizer":"text2vec-openai"}]}\n',
      expect: { product: "Weaviate", health: "healthy" },
    },
    {
      name: "no collection yet",
      path: "/v1/schema",
      headers: { "content-type": "application/json" },
      body: '{"classes":[]}\n',
      expect: { product: "Weaviate" },
    },
  ],
};

export default entry;
