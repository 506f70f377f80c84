import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
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
  http: [meta],
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
  ],
};

export default entry;
