import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { arrayAt, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

// https://docs.docker.com/reference/api/engine/version/v1.47/#tag/System/operation/SystemVersion
const version: HttpCheck = {
  path: "/version",
  read({ status, json }) {
    const api = stringAt(json, "ApiVersion");
    if (status !== 200 || api === undefined || stringAt(json, "Version") === undefined) return undefined;
    if (stringAt(json, "KernelVersion") === undefined && arrayAt(json, "Components") === undefined)
      return undefined;
    const parts = (arrayAt(json, "Components") ?? []).map((part) => stringAt(part, "Name"));
    const product = parts.includes("Podman Engine") ? "Podman" : "Docker";
    return {
      ...facts({ version: wordAt(json, "Version") }),
      product,
      confidence: 0.98,
      health: "healthy",
      summary: `GET /version answered ApiVersion ${quoted(api)} of ${product}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "docker",
  title: "Docker Engine API",
  category: "orchestration",
  summary: "Container engine; Podman speaks the same protocol",
  ports: [2375, 2376],
  tlsPorts: [2376],
  dnsServices: ["_docker._tcp", "_docker-s._tcp"],
  scheme: "http",
  tlsScheme: "https",
  products: ["Docker", "Podman"],
  processes: ["dockerd", "podman"],
  http: [version],
  healthPaths: ["/_ping"],
  examples: [
    {
      name: "Docker 24",
      path: "/version",
      headers: { "api-version": "1.43", server: "Docker/24.0.7 (linux)", "content-type": "application/json" },
      body: '{"Platform":{"Name":"Docker Engine - Community"},"Components":[{"Name":"Engine","Version":"24.0.7","Details":{"ApiVersion":"1.43","Arch":"amd64","BuildTime":"2023-10-26T09:07:41.000000000+00:00","Experimental":"false","GitCommit":"311b9ff","GoVersion":"go1.20.10","KernelVersion":"6.1.0-13-amd64","MinAPIVersion":"1.12","Os":"linux"}},{"Name":"containerd","Version":"1.6.24","Details":{"GitCommit":"61f9fd88f79f081d64d6fa3bb1a0dc71ec870523"}}],"Version":"24.0.7","ApiVersion":"1.43","MinAPIVersion":"1.12","GitCommit":"311b9ff","GoVersion":"go1.20.10","Os":"linux","Arch":"amd64","KernelVersion":"6.1.0-13-amd64","BuildTime":"2023-10-26T09:07:41.000000000+00:00"}\n',
      expect: { product: "Docker", version: "24.0.7", health: "healthy" },
    },
    {
      name: "Podman 4.3",
      path: "/version",
      headers: { "api-version": "1.41", "libpod-api-version": "4.3.1", server: "Libpod/4.3.1 (linux)" },
      body: '{"Platform":{"Name":"linux/amd64/debian-12"},"Components":[{"Name":"Podman Engine","Version":"4.3.1","Details":{"APIVersion":"4.3.1","Arch":"amd64","BuildTime":"1970-01-01T00:00:00Z","Experimental":"false","GitCommit":"","GoVersion":"go1.19.8","KernelVersion":"6.1.0-13-amd64","MinAPIVersion":"4.0.0","Os":"linux"}},{"Name":"Conmon","Version":"conmon version 2.1.6, commit: unknown"}],"Version":"4.3.1","ApiVersion":"1.41","MinAPIVersion":"1.24","GitCommit":"","GoVersion":"go1.19.8","Os":"linux","Arch":"amd64","KernelVersion":"6.1.0-13-amd64","BuildTime":"1970-01-01T00:00:00Z"}',
      expect: { product: "Podman", version: "4.3.1", health: "healthy" },
    },
  ],
};

export default entry;
