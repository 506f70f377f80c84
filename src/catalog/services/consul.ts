import type { CatalogEntry, HttpCheck, HttpReply } from "../../model/catalog.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

/**
 * Since 1.9 every answer of the API tells the default ACL policy:
 * https://developer.hashicorp.com/consul/api-docs/api-structure#default-acl-policy
 */
function isConsul({ headers }: HttpReply): boolean {
  return ["allow", "deny"].includes(headers["x-consul-default-acl-policy"] ?? "");
}

const root: HttpCheck = {
  path: "/",
  read(reply) {
    if (!isConsul(reply)) return undefined;
    return {
      product: "Consul",
      confidence: 0.93,
      summary: "GET / answered with X-Consul-Default-Acl-Policy",
    };
  },
};

const self: HttpCheck = {
  path: "/v1/agent/self",
  read(reply) {
    const config = objectAt(reply.json, "Config");
    const member = objectAt(reply.json, "Member");
    const datacenter = wordAt(config, "Datacenter");
    if (reply.status === 200 && datacenter !== undefined && member !== undefined) {
      if (stringAt(config, "NodeName") === undefined) return undefined;
      return {
        ...facts({ version: wordAt(config, "Version") }),
        product: "Consul",
        confidence: 0.98,
        health: "healthy",
        summary: `GET /v1/agent/self answered as an agent of datacenter ${quoted(datacenter)}`,
        metadata: { datacenter },
      };
    }
    if (reply.status !== 403 || !isConsul(reply)) return undefined;
    return {
      product: "Consul",
      confidence: 0.95,
      health: "protected",
      summary: "GET /v1/agent/self answered 403 with X-Consul-Default-Acl-Policy",
    };
  },
};

/** The leader's address; empty while there is none: https://developer.hashicorp.com/consul/api-docs/status */
const leader: HttpCheck = {
  path: "/v1/status/leader",
  read(reply) {
    const { status, json } = reply;
    if (status !== 200 || typeof json !== "string" || !isConsul(reply)) return undefined;
    return {
      product: "Consul",
      confidence: 0.93,
      health: json === "" ? "unhealthy" : "healthy",
      summary: json === "" ? "has no leader" : `the leader is ${quoted(json)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "consul",
  title: "Consul",
  category: "orchestration",
  summary: "Service registry and key-value store",
  ports: [8500, 8501],
  tlsPorts: [8501],
  scheme: "http",
  tlsScheme: "https",
  products: ["Consul"],
  processes: ["consul"],
  http: [root, self, leader],
  healthPaths: ["/v1/status/leader"],
  examples: [
    {
      name: "Consul 1.17, development mode",
      path: "/v1/agent/self",
      headers: { "x-consul-default-acl-policy": "allow", "content-type": "application/json" },
      body: '{"Config":{"Datacenter":"dc1","PrimaryDatacenter":"dc1","NodeName":"dade5a85b216","NodeID":"6d1e33c5-c18b-8a5a-cbf2-c2314031cc25","Revision":"4e3f428b","Server":true,"Version":"1.17.0","BuildDate":"2023-11-03T14:56:56Z"},"Coord":{"Vec":[0,0,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001},"Member":{"Name":"dade5a85b216","Addr":"127.0.0.1","Port":8301,"Status":1},"Meta":{"consul-network-segment":""}}',
      expect: { product: "Consul", version: "1.17.0", health: "healthy" },
    },
    {
      name: "Consul with ACLs",
      path: "/v1/agent/self",
      status: 403,
      headers: { "x-consul-default-acl-policy": "deny", "content-type": "text/plain; charset=utf-8" },
      body: "Permission denied: anonymous token lacks permission 'agent:read' on \"server-1\". The anonymous token is used implicitly when a request does not specify a token.",
      expect: { product: "Consul", health: "protected" },
    },
    {
      name: "Consul whose web page is elsewhere",
      path: "/",
      status: 301,
      headers: { "x-consul-default-acl-policy": "allow", location: "/ui/" },
      body: '<a href="/ui/">Moved Permanently</a>.\n\n',
      expect: { product: "Consul" },
    },
    {
      name: "Consul with a leader",
      path: "/v1/status/leader",
      headers: { "x-consul-default-acl-policy": "allow", "content-type": "application/json" },
      body: '"127.0.0.1:8300"',
      expect: { product: "Consul", health: "healthy" },
    },
    {
      name: "Consul without a leader",
      path: "/v1/status/leader",
      headers: { "x-consul-default-acl-policy": "allow", "content-type": "application/json" },
      body: '""',
      expect: { product: "Consul", health: "unhealthy" },
    },
  ],
};

export default entry;
