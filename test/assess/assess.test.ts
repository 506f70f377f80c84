import { describe, expect, test } from "vitest";

import { assess, scopeOf } from "../../src/assess/assess.ts";
import { knowledgeOf } from "../../src/assess/knowledge.ts";
import { loadCatalog } from "../../src/catalog/index.ts";
import type { DiscoverOptions } from "../../src/model/options.ts";
import type { Outcome } from "../../src/model/outcome.ts";
import type { HostFacts } from "../../src/model/plan.ts";
import { type Wanted, stackOf } from "../boot/world.ts";
import { incomplete, inventory, service } from "../cli/fake-io.ts";

const knowledge = knowledgeOf(await loadCatalog(), () => undefined);
const host = (name: string, addresses: readonly string[], isLocal = false): HostFacts => ({
  name,
  isLocal,
  addresses,
  labels: {},
  capacity: {},
  hasGpu: false,
  load: 0,
});
const here = host("localhost", ["127.0.0.1", "::1", "192.0.2.1", "fe80::1"], true);
const there = host("db", ["198.51.100.7"]);

function scope(wanted: readonly Wanted[], options: DiscoverOptions = {}, hosts = [here, there]) {
  return scopeOf(stackOf("/", wanted), { options, hosts, knowledge });
}

/** A run that sees these outcomes, and finds one Redis. */
async function assessed(
  outcomes: readonly (readonly [string, number, Outcome])[],
  options: DiscoverOptions = {},
  found = inventory([service("redis")], { warnings: ["slow"] }),
  met: readonly string[] = [],
) {
  return assess(
    stackOf("/", [
      { name: "redis", type: "redis" },
      { name: "api", ports: { kind: "fixed", ports: [8100] } },
    ]),
    {
      options,
      hosts: [here, there],
      knowledge,
      met,
      run: async ({ onOutcome }) => {
        for (const one of outcomes) onOutcome?.(...one);
        return found;
      },
    },
  );
}

describe("where a stack is looked for", () => {
  test("is this machine but for its links' addresses, what the options say, and the stack's hosts", () => {
    expect(scope([], { targets: ["203.0.113.0/30"] })).toMatchObject({
      targets: ["localhost", "192.0.2.1", "203.0.113.0/30", "198.51.100.7"],
      followsAnywhere: false,
    });
    expect(scope([], {}, [here])).toMatchObject({
      targets: ["localhost", "192.0.2.1"],
      followsAnywhere: true,
    });
  });

  test("is at the usual ports, or those that were asked for, and at the stack's own", () => {
    const api: Wanted = { name: "api", ports: { kind: "fixed", ports: [8100, 8101] } };
    const twin: Wanted = { name: "twin", ports: { kind: "fixed", ports: [8101] } };
    const free: Wanted = { name: "free", ports: { kind: "auto", from: 9000 } };
    expect(scope([api, twin, free]).ports).toBe("common,8100,8101");
    expect(scope([api], { ports: [22, 80] }).ports).toBe("22,80,8100,8101");
    expect(scope([free], { ports: "5000-5010" }).ports).toBe("5000-5010");
    const started = [
      { service: "free", instance: 1, host: "localhost", address: "127.0.0.1", port: 9001, by: "pid 9" },
    ];
    const given = { options: { ports: "22" }, hosts: [here], knowledge, started };
    expect(scopeOf(stackOf("/", [free]), given).ports).toBe("22,9001");
    // Who names ports for scans does not mean that a Redis is not to be seen.
    expect(scope([{ name: "redis", type: "redis" }], { ports: "22" }).ports).toBe("22,6379,6380");
  });

  test("keeps the other options", () => {
    expect(scope([], { timeoutMs: 7, domains: ["corp.test"] })).toMatchObject({
      timeoutMs: 7,
      domains: ["corp.test"],
    });
  });
});

describe("an assessment", () => {
  test("has what was found, and what the run warned of", async () => {
    expect(await assessed([])).toMatchObject({
      services: [{ type: "redis" }],
      unknown: [],
      complete: true,
      hosts: [here, there],
      warnings: ["slow"],
      isRecalled: false,
    });
  });

  test("has the places of which nobody knows, at ports that matter to the stack", async () => {
    const { unknown } = await assessed([
      ["198.51.100.7", 6379, "filtered"],
      ["198.51.100.7", 8100, "filtered"],
      ["198.51.100.7", 22, "filtered"],
      ["198.51.100.7", 5432, "closed"],
    ]);
    expect(unknown).toEqual([{ address: "198.51.100.7", outcome: "filtered", ports: [6379, 8100] }]);
  });

  test("expects somebody at a host of the stack, and at an address that was named", async () => {
    const { unknown } = await assessed(
      [
        ["198.51.100.7", 6379, "unreachable"],
        ["203.0.113.9", 6379, "unreachable"],
      ],
      { targets: ["203.0.113.9"] },
    );
    expect(unknown.map(({ address }) => address)).toEqual(["198.51.100.7", "203.0.113.9"]);
  });

  test("expects somebody where an earlier run met him", async () => {
    const away = [["203.0.113.9", 6379, "unreachable"]] as const;
    expect((await assessed(away, {}, undefined, ["203.0.113.9"])).unknown).toHaveLength(1);
  });

  test("is not complete where the address of a host is not known", async () => {
    const nameless = await assess(stackOf("/", []), {
      options: {},
      hosts: [here, host("db.lan", [])],
      knowledge,
      run: async () => inventory(),
    });
    expect(nameless).toMatchObject({ complete: false, gaps: ["the address of db.lan is not known"] });
  });

  test("is not complete where the run was not", async () => {
    expect((await assessed([], {}, incomplete(inventory()))).complete).toBe(false);
  });

  test("refuses a target that is none", async () => {
    await expect(assessed([], { targets: ["10.0.0.0/99"] })).rejects.toMatchObject({ code: "bad-target" });
  });
});
