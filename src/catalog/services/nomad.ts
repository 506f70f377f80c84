import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { asObject, type JsonObject, objectAt, stringAt } from "../../model/json.ts";
import { hasOnly, wordAt } from "../http-reading.ts";
import { facts } from "../reading.ts";

function isRole(role: JsonObject | undefined): boolean {
  return (
    typeof role?.["ok"] === "boolean" &&
    stringAt(role, "message") !== undefined &&
    hasOnly(role, "ok", "message")
  );
}

// https://developer.hashicorp.com/nomad/api-docs/agent#health : asked without a token, even with ACLs
const health: HttpCheck = {
  path: "/v1/agent/health",
  read({ status, json }) {
    const roles = ["client", "server"].filter((role) => asObject(json)?.[role] !== undefined);
    if ((status !== 200 && status !== 500) || roles.length === 0 || !hasOnly(json, ...roles))
      return undefined;
    if (!roles.every((role) => isRole(objectAt(json, role)))) return undefined;
    const ok = roles.every((role) => objectAt(json, role)?.["ok"] === true);
    return {
      product: "Nomad",
      confidence: 0.9,
      health: ok ? "healthy" : "unhealthy",
      summary: `GET /v1/agent/health answered for ${roles.join(" and ")}`,
      metadata: { roles },
    };
  },
};

const self: HttpCheck = {
  path: "/v1/agent/self",
  read({ status, json }) {
    const config = objectAt(json, "config");
    const version = wordAt(objectAt(config, "Version"), "Version");
    if (status !== 200 || objectAt(json, "member") === undefined || version === undefined) return undefined;
    if (stringAt(config, "Region") === undefined || stringAt(config, "Datacenter") === undefined)
      return undefined;
    return {
      ...facts({ version }),
      product: "Nomad",
      confidence: 0.98,
      summary: "GET /v1/agent/self answered config with Region, Datacenter and Version",
    };
  },
};

const entry: CatalogEntry = {
  type: "nomad",
  title: "Nomad",
  category: "orchestration",
  summary: "Workload scheduler",
  ports: [4646],
  scheme: "http",
  tlsScheme: "https",
  products: ["Nomad"],
  processes: ["nomad"],
  http: [health, self],
  healthPaths: ["/v1/agent/health"],
  examples: [
    {
      name: "development agent",
      path: "/v1/agent/health",
      headers: { "content-type": "application/json", vary: "Accept-Encoding" },
      body: '{"client":{"message":"ok","ok":true},"server":{"message":"ok","ok":true}}',
      expect: { product: "Nomad", health: "healthy" },
    },
    {
      name: "server without a leader",
      path: "/v1/agent/health",
      status: 500,
      body: '{"server":{"message":"No cluster leader","ok":false}}',
      expect: { product: "Nomad", health: "unhealthy" },
    },
    {
      name: "Nomad 1.7",
      path: "/v1/agent/self",
      headers: { "content-type": "application/json" },
      body: '{"config":{"Region":"global","Datacenter":"dc1","NodeName":"","Version":{"Revision":"594fedbfbc4f0e532b65e8a69b28ff9403eb822e","Version":"1.7.6","VersionPrerelease":"","VersionMetadata":""}},"member":{"Name":"host.global","Addr":"127.0.0.1","Port":4648,"Status":"alive","Tags":{"role":"nomad","region":"global","build":"1.7.6"}},"stats":{"nomad":{"server":"true","leader":"true"}}}',
      expect: { product: "Nomad", version: "1.7.6" },
    },
  ],
};

export default entry;
