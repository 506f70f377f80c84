import { describe, expect, test } from "vitest";

import type { Assessment } from "../../src/assess/assess.ts";
import { recall } from "../../src/assess/recall.ts";
import type { Look } from "../../src/boot/tools.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { Action, Decision } from "../../src/model/plan.ts";
import { planOf } from "../boot/world.ts";
import { service } from "../cli/fake-io.ts";

const redis = service("redis", { id: "redis@127.0.0.1:6379", port: 6379 });
const other = service("nginx", { id: "nginx@127.0.0.1:80", port: 80 });

interface Told {
  readonly actions: readonly Action[];
  readonly state?: Look["state"];
}

async function recalled({ actions, state = "healthy" }: Told) {
  const forgotten: Endpoint[] = [];
  const looked: Decision[] = [];
  const planned: Assessment[] = [];
  const decided: Partial<Decision> = { address: "127.0.0.1", port: 6379, serviceId: redis.id };
  const result = await recall({
    services: [redis, other],
    hosts: [],
    remembered: {
      services: async () => ({ services: [redis, other], stale: [] }),
      forget: (endpoint) => forgotten.push(endpoint),
    },
    planFrom: async (assessment) => {
      planned.push(assessment);
      return planOf(actions.map((action, at) => ({ name: `s${at}`, action, decided })));
    },
    lookAgain: async (decision) => {
      looked.push(decision);
      return { state, summary: "", version: null, url: null };
    },
  });
  return { result, forgotten, looked, planned };
}

describe("what is remembered", () => {
  test("is enough where all of the stack is there, looked at again", async () => {
    const { result, forgotten, looked, planned } = await recalled({ actions: ["adopt", "nothing"] });
    expect(result).toMatchObject({ services: [{ id: redis.id }], isRecalled: true, complete: false });
    // What the stack has no use for was not looked at, and is not vouched for.
    expect(result?.services).toHaveLength(1);
    expect(looked.map(({ service: name }) => name)).toEqual(["s0", "s1"]);
    expect(planned[0]?.services).toEqual([redis, other]);
    expect(forgotten).toEqual([]);
  });

  test.each(["start", "deploy", "blocked", "unknown"] as const)(
    "is not, where something is %s: nobody is asked",
    async (action) => {
      const { result, looked } = await recalled({ actions: ["adopt", action] });
      expect(result).toBeUndefined();
      expect(looked).toEqual([]);
    },
  );

  test.each(["unhealthy", "other", "absent", "unknown"] as const)(
    "is not, and is forgotten, where it is %s by now",
    async (state) => {
      const { result, forgotten } = await recalled({ actions: ["adopt"], state });
      expect(result).toBeUndefined();
      expect(forgotten).toEqual([{ address: "127.0.0.1", port: 6379, transport: "tcp" }]);
    },
  );
});
