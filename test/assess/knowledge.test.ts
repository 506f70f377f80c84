import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { knowledgeOf } from "../../src/assess/knowledge.ts";
import { loadCatalog } from "../../src/catalog/index.ts";
import { service } from "../cli/fake-io.ts";

const knowledge = knowledgeOf(await loadCatalog(), (version, range) => version === range);

describe("what the planner is told of kinds of service", () => {
  test("names types, products and categories", () => {
    const { isNamed } = knowledge;
    const maria = service("mysql", { product: "MariaDB", category: "database" });
    expect(isNamed(maria, "mysql")).toBe(true);
    expect(isNamed(maria, "mariadb")).toBe(true);
    expect(isNamed(maria, "database")).toBe(true);
    expect(isNamed(maria, "postgresql")).toBe(false);
    expect(isNamed(maria, "cache")).toBe(false);
    expect(isNamed(service("mysql", { product: "MySQL", category: "database" }), "mariadb")).toBe(false);
  });

  test("does not take a type for a category of the same kind", () => {
    const ollama = service("ollama", { category: "llm" });
    expect(knowledge.isNamed(ollama, "llm")).toBe(true);
    expect(knowledge.isNamed(ollama, "vllm")).toBe(false);
  });

  test("knows which types say only how they are spoken to", () => {
    expect(["http", "grpc", "redis", "nginx"].filter(knowledge.isGeneric)).toEqual(["http", "grpc"]);
  });

  test("tells products from types", () => {
    expect(["mariadb", "valkey", "redis", "mysql", "llm", "nothing"].filter(knowledge.isProduct)).toEqual([
      "mariadb",
      "valkey",
    ]);
  });

  test("has the ports of a type, those of a category, and none of what it does not know", () => {
    expect(knowledge.portsOf("redis")[0]).toBe(6379);
    expect(knowledge.portsOf("valkey")).toEqual(knowledge.portsOf("redis"));
    expect(knowledge.portsOf("llm")).toContain(11434);
    expect(new Set(knowledge.portsOf("llm")).size).toBe(knowledge.portsOf("llm").length);
    expect(knowledge.portsOf("nothing")).toEqual([]);
  });

  test("has the ports without TLS before those with it", async () => {
    for (const { type, ports, tlsPorts = [] } of (await loadCatalog()).entries) {
      const isTls = knowledge.portsOf(type).map((port) => tlsPorts.includes(port));
      expect(isTls, type).toEqual(isTls.toSorted((a, b) => Number(a) - Number(b)));
      expect(new Set(knowledge.portsOf(type)), type).toEqual(new Set(ports));
    }
  });

  test("has a category for each type", () => {
    expect(["redis", "mariadb", "llm", "nothing"].map(knowledge.categoryOf)).toEqual([
      "cache",
      "database",
      "llm",
      "unknown",
    ]);
  });

  test("digests and compares as it was told to", () => {
    expect(knowledge.digest("a")).toBe(createHash("sha256").update("a").digest("hex"));
    expect(knowledge.satisfies("7", "7")).toBe(true);
  });
});
