import type { Plan } from "../../src/model/plan.ts";
import { plan } from "../../src/plan/plan.ts";
import { host, inputOf, local, requirement, service } from "../plan/world.ts";

const AUTO = { kind: "auto" } as const;
const DISCOVERED = { kind: "discovered" } as const;
const DB = host("db.corp.test", "10.99.0.5");
const GPU = {
  ...host("gpu-server.local", "10.99.0.7"),
  hasGpu: true,
  capacity: { cpu: 16, memoryBytes: 64 * 2 ** 30 },
};

const api = requirement("api", {
  type: "http",
  ports: { kind: "fixed", ports: [8100] },
  dependsOn: ["postgresql", "redis"],
});

/** A team's stack: two are there, one is missing. */
export const TEAM: Plan = plan(
  inputOf(
    [
      requirement("postgresql", { placement: DISCOVERED, version: ">=15" }),
      requirement("redis", { placement: AUTO, version: ">=6" }),
      api,
    ],
    {
      hosts: [local(), DB],
      strategy: "dynamic-discovery",
      services: [
        service("postgresql", "10.99.0.5", { version: "16.2" }),
        service("http", "10.99.0.9", { port: 5432 }),
        service("redis", "10.99.0.6", { version: "7.0.15", status: "protected" }),
        service("redis", "10.99.0.8", { version: "5.0.3" }),
      ],
    },
  ),
);

/** One of each action, with replicas, an optional one and warnings. */
export const MIXED_PLAN: Plan = plan(
  inputOf(
    [
      requirement("postgresql", { placement: DISCOVERED }),
      requirement("redis", { placement: AUTO, replicas: 2 }),
      requirement("mysql", { placement: { kind: "remote", host: "db.corp.test" } }),
      requirement("llm", { type: "ollama", placement: AUTO, needs: { gpu: 1, memoryBytes: 2 ** 34 } }),
      { ...api, dependsOn: ["postgresql"] },
      requirement("metrics", { type: "http", ports: { kind: "auto", from: 8100 } }),
      requirement("cache", { type: "redis", placement: DISCOVERED, required: false, version: ">=7" }),
    ],
    {
      hosts: [local({ capacity: { cpu: 4 } }), DB, GPU],
      services: [
        service("postgresql", "10.99.0.5", { status: "unhealthy" }),
        service("redis", "10.99.0.7"),
        service("http", "127.0.0.1", { port: 8101 }),
      ],
      unknown: [{ address: "10.99.0.5", ports: [3306], outcome: "filtered" }],
      started: [
        {
          service: "metrics",
          instance: 1,
          host: "localhost",
          address: "127.0.0.1",
          port: 8101,
          by: "pid 812",
        },
      ],
    },
  ),
);

/** No services at all. */
export const NO_PLAN: Plan = plan(inputOf([]));
