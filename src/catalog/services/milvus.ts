import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, asObject, stringAt } from "../../model/json.ts";
import { MOST_NAMES, hasOnly, labelsOf } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";
import { plain } from "../text.ts";

/** Port 9091. Its `/healthz` answers a bare "OK", which tells nothing. */
const metrics: HttpCheck = {
  path: "/metrics",
  read(reply) {
    const build = labelsOf(reply, "milvus_build_info");
    if (build === undefined) return undefined;
    const version = build.get("version")?.replace(/^v/, "");
    return {
      ...facts({ version: version || undefined }),
      product: "Milvus",
      confidence: 0.95,
      health: "healthy",
      summary: `GET /metrics had milvus_build_info, version ${quoted(version ?? "")}`,
    };
  },
};

/** Port 19530: milvus-io/milvus, internal/distributed/proxy/httpserver/handler_v1.go and pkg/util/merr. */
const collections: HttpCheck = {
  path: "/v1/vector/collections",
  read({ status, json }) {
    const code = asObject(json)?.["code"];
    if (status === 401 && code === 1800 && stringAt(json, "message") === "user hasn't authenticated") {
      return {
        product: "Milvus",
        confidence: 0.93,
        health: "protected",
        summary: 'GET /v1/vector/collections answered code 1800 "user hasn\'t authenticated"',
      };
    }
    const names = arrayAt(json, "data") ?? [];
    // With nothing in it this is how many a framework says that all is well.
    if (status !== 200 || (code !== 200 && code !== 0) || names.length === 0) return undefined;
    if (!hasOnly(json, "code", "data")) return undefined;
    const told = names.filter((name) => typeof name === "string");
    if (told.length !== names.length) return undefined;
    return {
      product: "Milvus",
      confidence: 0.9,
      health: "healthy",
      summary: `GET /v1/vector/collections listed ${names.length} collections`,
      metadata: { collections: told.slice(0, MOST_NAMES).map((name) => plain(name)) },
    };
  },
};

const entry: CatalogEntry = {
  type: "milvus",
  title: "Milvus",
  category: "vector",
  summary: "Vector database",
  ports: [9091, 19530],
  scheme: "http",
  tlsScheme: "https",
  products: ["Milvus"],
  processes: ["milvus"],
  http: [collections, metrics],
  healthPaths: ["/healthz"],
  examples: [
    {
      name: "Milvus 2.5",
      path: "/metrics",
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      body: '# HELP go_goroutines Number of goroutines that currently exist.\n# TYPE go_goroutines gauge\ngo_goroutines 1387\n# HELP milvus_build_info Build information of milvus\n# TYPE milvus_build_info gauge\nmilvus_build_info{built="Tue Apr  1 06:12:34 UTC 2025",git_commit="5a8c98a",version="2.5.10"} 1\n',
      expect: { product: "Milvus", version: "2.5.10", health: "healthy" },
    },
    {
      name: "two collections",
      path: "/v1/vector/collections",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: '{"code":200,"data":["documents","images"]}',
      expect: { product: "Milvus", health: "healthy" },
    },
    {
      name: "with authorization enabled",
      path: "/v1/vector/collections",
      status: 401,
      headers: { "content-type": "application/json; charset=utf-8" },
      body: '{"code":1800,"message":"user hasn\'t authenticated"}',
      expect: { product: "Milvus", health: "protected" },
    },
  ],
};

export default entry;
