import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HostFacts, PlanInput } from "../../src/model/plan.ts";
import type { Requirement } from "../../src/model/stack.ts";
import { plan } from "../../src/plan/plan.ts";
import { calmInput } from "./arbitrary.ts";
import { host, inputOf, local, requirement } from "./world.ts";

const AUTO = { kind: "auto" } as const;

/** Nothing is there, all is required, and few instances, so that all ways to place them can be tried. */
const bare = calmInput
  .map((input): PlanInput => {
    const services = input.stack.services.map((one) => ({ ...one, required: true }));
    const stack = { ...input.stack, services };
    return { ...input, stack, services: [], started: [], previous: [], assumeAbsent: true };
  })
  .filter(({ stack }) => stack.services.reduce((sum, { replicas }) => sum + replicas, 0) <= 7);

interface Guest {
  readonly wanted: Requirement;
  readonly host: HostFacts;
}

/** Whether a set of places is allowed, as the rules say it and not as the planner does it. */
function isAllowed(guests: readonly Guest[], { knowledge }: PlanInput): boolean {
  return guests.every(({ wanted, host }) => {
    const here = guests.filter((one) => one.host === host);
    const { placement, needs } = wanted;
    const fits = (["cpu", "memoryBytes", "gpu"] as const).every((part) => {
      const sum = here.reduce((total, one) => total + (one.wanted.needs[part] ?? 0), 0);
      return (needs[part] ?? 0) === 0 || sum <= (host.capacity[part] ?? Infinity) + 1e-6;
    });
    const ports = here.flatMap((one) => portsOf(one.wanted, knowledge));
    return (
      fits &&
      new Set(ports).size === ports.length &&
      here.filter((one) => one.wanted === wanted).length === 1 &&
      Object.entries(wanted.labels).every(([key, value]) => host.labels[key] === value) &&
      ((needs.gpu ?? 0) === 0 || host.hasGpu || (host.capacity.gpu ?? 0) > 0) &&
      (!host.isLocal || wanted.start !== undefined) &&
      (placement.kind === "auto" ||
        (placement.kind === "local" && host.isLocal) ||
        (placement.kind === "remote" && host.name === placement.host))
    );
  });
}

function portsOf({ ports, type }: Requirement, knowledge: PlanInput["knowledge"]): readonly number[] {
  if (ports !== undefined) return ports.kind === "fixed" ? ports.ports : [];
  return knowledge.isGeneric(type) ? [] : knowledge.portsOf(type).slice(0, 1);
}

/** Every way there is, one instance after the other; ways that are wrong already are not followed. */
function canBePlaced(input: PlanInput): boolean {
  const instances = input.stack.services.flatMap((wanted) =>
    Array.from({ length: wanted.replicas }, () => wanted),
  );
  const follow = (guests: readonly Guest[]): boolean => {
    const wanted = instances[guests.length];
    if (wanted === undefined) return true;
    return input.hosts.some((host) => {
      const more = [...guests, { wanted, host }];
      return isAllowed(more, input) && follow(more);
    });
  };
  return follow([]);
}

describe("the search for places", () => {
  test("finds some wherever there are any", () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(bare, (input) => {
        const expected = canBePlaced(input);
        seen[expected ? "yes" : "no"] += 1;
        expect(plan(input).verdict).toBe(expected ? "changes" : "blocked");
      }),
      { numRuns: 400 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(20);
  });

  test("takes back a choice that leaves another without a place", () => {
    // Each best on its own here: the large one needs this machine, which the small ones would like as well.
    const small = requirement("small", { type: "http", placement: AUTO, needs: { cpu: 1 } });
    const medium = requirement("medium", { type: "http", placement: AUTO, needs: { cpu: 2 } });
    const large = requirement("large", { type: "http", placement: AUTO, needs: { cpu: 3 } });
    const hosts = [local({ capacity: { cpu: 3 } }), { ...host("bob", "10.0.1.2"), capacity: { cpu: 3 } }];
    const { decisions, verdict } = plan(inputOf([small, medium, large], { hosts }));
    expect(verdict).toBe("changes");
    expect(decisions.map((one) => one.host)).toEqual(["localhost", "localhost", "bob"]);
    // The score alone would have had everything here.
    expect(decisions[2]?.reasons).toContain("bob is the only host that will do");
  });

  test("does not mistake what cannot be proven for what is not so", () => {
    // 15 threes fill a host each, and the 15 twos want eight more; there are four. The sum alone (75 of 76) would fit.
    const services = Array.from({ length: 30 }, (_, at) =>
      requirement(`s${at}`, { type: "http", placement: AUTO, needs: { cpu: at % 2 === 0 ? 3 : 2 } }),
    );
    const hosts = [
      local({ capacity: { cpu: 4 } }),
      ...Array.from({ length: 18 }, (_, at) => ({
        ...host(`h${at}`, `10.0.1.${at + 2}`),
        capacity: { cpu: 4 },
      })),
    ];
    const { verdict, warnings, decisions } = plan(inputOf(services, { hosts }));
    expect(verdict).toBe("blocked");
    expect(warnings).toContain("places were not searched to the end: there may be room for what is blocked");
    expect(decisions.filter(({ action }) => action !== "blocked").length).toBeGreaterThanOrEqual(19);
  });

  test("needs no search where all hosts together have too little", () => {
    const services = Array.from({ length: 40 }, (_, at) =>
      requirement(`s${at}`, { type: "http", placement: AUTO, needs: { cpu: 1 } }),
    );
    const hosts = Array.from({ length: 13 }, (_, at) => ({
      ...host(`h${at}`, `10.0.1.${at + 2}`),
      capacity: { cpu: 3 },
    }));
    const { decisions, warnings } = plan(inputOf(services, { hosts }));
    expect(decisions.filter(({ action }) => action === "deploy")).toHaveLength(39);
    expect(warnings).toEqual([]);
  });
});
