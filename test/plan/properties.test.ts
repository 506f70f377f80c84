import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Action, Decision, Plan, PlanInput } from "../../src/model/plan.ts";
import type { Needs, Requirement } from "../../src/model/stack.ts";
import { plan } from "../../src/plan/plan.ts";
import { anyInput, calmInput, newHost, shuffled } from "./arbitrary.ts";

const RUNS = { numRuns: 300 };

function requirementOf({ stack }: PlanInput, { service }: Decision): Requirement | undefined {
  return stack.services.find(({ name }) => name === service);
}

function places(decision: Decision): boolean {
  return decision.action === "start" || decision.action === "deploy";
}

function runs({ action }: Decision): boolean {
  return action === "adopt" || action === "nothing";
}

function count({ decisions }: Plan, action: Action): number {
  return decisions.filter((one) => one.action === action).length;
}

/** What goes where. */
function sketch({ decisions }: Plan): unknown {
  return decisions.map(({ service, instance, action, host }) => [service, instance, action, host]);
}

/** With nothing blocked or unknown that is required. */
function isFeasible({ verdict }: Plan): boolean {
  return verdict === "nothing" || verdict === "changes";
}

function holds(property: fc.IPropertyWithHooks<[PlanInput]>): void {
  fc.assert(property, RUNS);
}

describe("the worlds of these tests", () => {
  test("come to every action and every verdict, and most calm ones to something being placed", () => {
    const plans = fc.sample(anyInput, { numRuns: 400, seed: 5 }).map(plan);
    const actions = new Set(plans.flatMap(({ decisions }) => decisions.map(({ action }) => action)));
    expect([...actions].toSorted()).toEqual(["adopt", "blocked", "deploy", "nothing", "start", "unknown"]);
    expect(new Set(plans.map(({ verdict }) => verdict)).size).toBe(4);
    const calm = fc.sample(calmInput, { numRuns: 400, seed: 5 }).map(plan);
    expect(calm.filter(({ decisions }) => decisions.some(places)).length).toBeGreaterThan(200);
    expect(calm.filter(isFeasible).length).toBeGreaterThan(40);
  });
});

describe("any plan", () => {
  test("decides each instance once, in the order of the stack, and names each service once in its order", () => {
    holds(
      fc.property(anyInput, (input) => {
        const { decisions, order } = plan(input);
        const wanted = input.stack.services.flatMap(({ name, replicas }) =>
          Array.from({ length: replicas }, (_, at) => [name, at + 1]),
        );
        expect(decisions.map(({ service, instance }) => [service, instance])).toEqual(wanted);
        expect(order.flat().toSorted()).toEqual(input.stack.services.map(({ name }) => name).toSorted());
      }),
    );
  });

  test("puts everything behind what it depends on", () => {
    holds(
      fc.property(anyInput, (input) => {
        const { order } = plan(input);
        const depth = new Map(order.flatMap((group, at) => group.map((name) => [name, at] as const)));
        for (const { name, dependsOn } of input.stack.services)
          for (const other of dependsOn)
            expect(depth.get(name)).toBeGreaterThan(depth.get(other) ?? Infinity);
      }),
    );
  });

  test("is the same whatever the order in which things were seen", () => {
    const pairs = anyInput.chain((input) => fc.tuple(fc.constant(input), shuffled(input)));
    fc.assert(
      fc.property(pairs, ([input, other]) => {
        expect(plan(other)).toEqual(plan(input));
      }),
      RUNS,
    );
  });

  test("has a remedy for what is not to be had and for nothing else, and a reason for everything", () => {
    holds(
      fc.property(anyInput, (input) => {
        for (const { action, remedy, reasons, rule, rejected, evidence } of plan(input).decisions) {
          expect(remedy !== null && remedy !== "").toBe(action === "blocked" || action === "unknown");
          expect(reasons.length).toBeGreaterThan(0);
          for (const line of [rule, ...reasons, ...evidence]) expect(line).toMatch(/^\S.*\S$/);
          for (const { reason } of rejected) expect(reason).not.toBe("");
        }
      }),
    );
  });
});

const PARTS: readonly (keyof Needs)[] = ["cpu", "memoryBytes", "gpu"];

describe("what is placed", () => {
  test("never takes more of a host than it has", () => {
    holds(
      fc.property(calmInput, (input) => {
        const { decisions } = plan(input);
        for (const { name, capacity } of input.hosts) {
          const here = decisions.filter((one) => one.host === name && (places(one) || runs(one)));
          for (const part of PARTS) {
            const takers = here.filter((one) => (requirementOf(input, one)?.needs[part] ?? 0) > 0);
            const sum = takers.reduce(
              (total, one) => total + (requirementOf(input, one)?.needs[part] ?? 0),
              0,
            );
            if (takers.some(places)) expect(sum).toBeLessThanOrEqual((capacity[part] ?? Infinity) + 1e-6);
          }
        }
      }),
    );
  });

  test("goes to hosts with its labels, with a GPU where it needs one, and where it may go", () => {
    holds(
      fc.property(calmInput, (input) => {
        for (const decision of plan(input).decisions.filter(places)) {
          const wanted = requirementOf(input, decision);
          const facts = input.hosts.find(({ name }) => name === decision.host);
          expect(facts?.labels).toMatchObject(wanted?.labels ?? {});
          if ((wanted?.needs.gpu ?? 0) > 0)
            expect(facts?.hasGpu === true || (facts?.capacity.gpu ?? 0) > 0).toBe(true);
          expect(decision.action).toBe(facts?.isLocal === true ? "start" : "deploy");
          expect(wanted?.placement.kind).not.toBe("discovered");
          if (wanted?.placement.kind === "local") expect(facts?.isLocal).toBe(true);
          if (wanted?.placement.kind === "remote") expect(facts?.name).toBe(wanted.placement.host);
        }
      }),
    );
  });

  test("never takes a port that somebody has, or that something else of the plan takes", () => {
    holds(
      fc.property(calmInput, (input) => {
        const taken = new Set<string>();
        for (const { host, addresses, port } of input.services)
          for (const address of [host, ...addresses]) {
            const facts = input.hosts.find((one) => one.addresses.includes(address));
            if (facts !== undefined) taken.add(`${facts.name} ${port}`);
          }
        for (const decision of plan(input).decisions.filter(places)) {
          if (decision.port === null) continue;
          const place = `${decision.host} ${decision.port}`;
          expect(taken).not.toContain(place);
          taken.add(place);
        }
      }),
    );
  });

  test("keeps instances of one service on hosts of their own, those that are there already included", () => {
    holds(
      fc.property(anyInput, (input) => {
        const here = plan(input).decisions.filter((one) => places(one) || runs(one));
        const seats = here.map(({ service, host }) => `${service} ${host}`);
        expect(new Set(seats).size).toBe(seats.length);
      }),
    );
  });

  test("depends on nothing that is not to be had", () => {
    holds(
      fc.property(anyInput, (input) => {
        const { decisions } = plan(input);
        const there = new Set(
          decisions.filter((one) => places(one) || runs(one)).map(({ service }) => service),
        );
        for (const decision of decisions.filter(places))
          for (const other of requirementOf(input, decision)?.dependsOn ?? []) expect(there).toContain(other);
      }),
    );
  });

  test("stays where it is when the plan is made again with itself in mind", () => {
    holds(
      fc.property(calmInput, (input) => {
        const first = plan(input);
        const previous = first.decisions.flatMap(({ service, instance, host }) =>
          host === null ? [] : { service, instance, host },
        );
        const again = plan({ ...input, previous });
        expect(sketch(again)).toEqual(sketch(first));
      }),
    );
  });
});

describe("more room", () => {
  test("never makes a stack infeasible that was not", () => {
    fc.assert(
      fc.property(calmInput, newHost, (input, host) => {
        fc.pre(isFeasible(plan(input)));
        expect(isFeasible(plan({ ...input, hosts: [...input.hosts, host] }))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what nobody knows", () => {
  test("never leads to anything being placed where it might be already", () => {
    holds(
      fc.property(anyInput, (input) => {
        const { decisions } = plan(input);
        for (const decision of decisions.filter(places)) {
          const wanted = requirementOf(input, decision);
          const own = wanted?.ports?.kind === "fixed" ? wanted.ports.ports : [];
          const isGeneric = input.knowledge.isGeneric(decision.type);
          if (isGeneric && own.length === 0) continue;
          expect(input.complete).toBe(true);
          const ports = [...own, ...(isGeneric ? [] : input.knowledge.portsOf(decision.type))];
          const bound = wanted?.placement.kind === "auto" ? undefined : decision.host;
          const allowed = input.hosts.find(({ name }) => name === bound)?.addresses;
          const hidden = input.unknown.filter(
            (place) =>
              (allowed === undefined || allowed.includes(place.address)) &&
              place.ports.some((port) => ports.includes(port)),
          );
          expect(hidden).toEqual([]);
        }
      }),
    );
  });

  test("is nothing where the user takes it for absent", () => {
    holds(
      fc.property(anyInput, (input) => {
        expect(count(plan({ ...input, assumeAbsent: true }), "unknown")).toBe(0);
      }),
    );
  });

  test("does not grow when there is less of it", () => {
    holds(
      fc.property(anyInput, (input) => {
        fc.pre(input.unknown.length > 0);
        const before = count(plan(input), "unknown");
        for (const gone of input.unknown) {
          const unknown = input.unknown.filter((place) => place !== gone);
          expect(count(plan({ ...input, unknown }), "unknown")).toBeLessThanOrEqual(before);
        }
      }),
    );
  });
});

describe("what is adopted", () => {
  test("is of the type, of the version, healthy enough, sure, answered itself and where it may be", () => {
    holds(
      fc.property(anyInput, (input) => {
        for (const decision of plan(input).decisions.filter(({ action }) => action === "adopt")) {
          const wanted = requirementOf(input, decision);
          const service = input.services.find(({ id }) => id === decision.serviceId);
          if (wanted === undefined || service === undefined) throw new Error("adopted out of the blue");
          const { knowledge } = input;
          expect(knowledge.isNamed(service, wanted.type)).toBe(true);
          if (wanted.version !== undefined)
            expect(knowledge.satisfies(service.version ?? "", wanted.version)).toBe(true);
          expect(service.status).not.toBe("unhealthy");
          expect(input.stale).not.toContain(service.id);
          expect(service.strategies).toContain("tcp");
          if (knowledge.isGeneric(wanted.type))
            expect(wanted.ports?.kind === "fixed" && wanted.ports.ports.includes(service.port)).toBe(true);
          else expect(service.confidence).toBeGreaterThanOrEqual(0.8);
          const bound = wanted.placement.kind === "remote" ? wanted.placement.host : "localhost";
          const facts = input.hosts.find(({ name }) => name === bound);
          if (wanted.placement.kind === "local" || wanted.placement.kind === "remote")
            expect(facts?.addresses).toContain(decision.address);
        }
      }),
    );
  });

  test("is adopted once", () => {
    holds(
      fc.property(anyInput, (input) => {
        const ids = plan(input).decisions.flatMap(({ serviceId }) => serviceId ?? []);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

describe("a fingerprint", () => {
  test("does not change with times and speeds", () => {
    holds(
      fc.property(anyInput, (input) => {
        const services = input.services.map((one) => ({
          ...one,
          lastSeen: "2027-01-01T00:00:00.000Z",
          latencyMs: one.latencyMs === null ? null : one.latencyMs + 3,
          ttlSeconds: 7,
          evidence: [],
        }));
        const hosts = input.hosts.map((one) => ({ ...one, load: 0.5 }));
        expect(plan({ ...input, services, hosts }).fingerprint).toBe(plan(input).fingerprint);
      }),
    );
  });

  test("changes with what is adopted", () => {
    holds(
      fc.property(anyInput, (input) => {
        const before = plan(input);
        const ids = new Set(before.decisions.flatMap(({ serviceId }) => serviceId ?? []));
        fc.pre(ids.size > 0);
        for (const change of [{ version: "9.9.9" }, { status: "unhealthy" }, { port: 9 }] as const) {
          const services = input.services.map((one) => (ids.has(one.id) ? { ...one, ...change } : one));
          expect(plan({ ...input, services }).fingerprint).not.toBe(before.fingerprint);
        }
        const services = input.services.filter(({ id }) => !ids.has(id));
        expect(plan({ ...input, services }).fingerprint).not.toBe(before.fingerprint);
      }),
    );
  });
});
