import * as fc from "fast-check";

import type { Service } from "../../src/model/inventory.ts";
import { type Health, HEALTHS } from "../../src/model/observation.ts";
import type { HostFacts, PlanInput, StartedService, UnknownPlace } from "../../src/model/plan.ts";
import {
  PLACEMENT_STRATEGIES,
  type Needs,
  type Placement,
  type PortChoice,
  type Requirement,
} from "../../src/model/stack.ts";
import { KINDS, LOCAL_ADDRESSES, host, inputOf, local, requirement, service } from "./world.ts";

const TYPES = [...Object.keys(KINDS), "mariadb"];
const HOST_NAMES = ["ada", "bob", "cyd", "dee", "eve"];
const STRANGERS = ["10.0.9.1", "10.0.9.2"];
/** Usual ones, and some of nobody's. */
const PORTS = [...new Set(Object.values(KINDS).flatMap(({ ports }) => ports)), 8100, 8101];

/** Few values, so that sums meet limits exactly; parts of cores, whose sums are not exact. */
const needs: fc.Arbitrary<Needs> = fc.record(
  {
    cpu: fc.constantFrom(0.1, 0.2, 0.7, 1, 2),
    memoryBytes: fc.constantFrom(2 ** 28, 2 ** 30, 3 * 2 ** 30),
    gpu: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
);

const capacity: fc.Arbitrary<Needs> = fc.record(
  {
    cpu: fc.constantFrom(0.3, 1, 2, 4),
    memoryBytes: fc.constantFrom(2 ** 30, 4 * 2 ** 30),
    gpu: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: [] },
);

const labels = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom({ zone: "eu" }, { zone: "us" }) },
);

function hostFacts(isLocal: boolean, name: string, at: number): fc.Arbitrary<HostFacts> {
  const bare = isLocal ? local() : host(name, `10.0.1.${at + 1}`, `fd00::${at + 1}`);
  return fc
    .record({ capacity, labels, hasGpu: fc.boolean(), load: fc.constantFrom(0, 0.3, 0.9) })
    .map((facts) => ({ ...bare, ...facts }));
}

/** This machine and up to five others, each with addresses of its own. */
const hosts: fc.Arbitrary<readonly HostFacts[]> = fc
  .integer({ min: 0, max: HOST_NAMES.length })
  .chain((count) =>
    fc.tuple(
      hostFacts(true, "", 0),
      ...HOST_NAMES.slice(0, count).map((name, at) => hostFacts(false, name, at)),
    ),
  );

/** A host that is in none of the worlds. */
export const newHost: fc.Arbitrary<HostFacts> = fc
  .tuple(fc.constantFrom("aaa", "fay", "zoe"), hostFacts(false, "", 98))
  .map(([name, facts]) => ({ ...facts, name, addresses: ["10.0.1.99"] }));

const placement: fc.Arbitrary<Placement> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: "local" } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "discovered" } as const) },
  { weight: 4, arbitrary: fc.constant({ kind: "auto" } as const) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...HOST_NAMES.slice(0, 3))
      .map((name) => ({ kind: "remote", host: name }) as const),
  },
);

const portChoice: fc.Arbitrary<PortChoice> = fc.oneof(
  fc.constant({ kind: "auto", from: 8100 } as const),
  fc
    .uniqueArray(fc.constantFrom(...PORTS), { minLength: 1, maxLength: 2 })
    .map((ports) => ({ kind: "fixed", ports }) as const),
);

function fewOf<T>(items: readonly T[], most: number): fc.Arbitrary<T[]> {
  return fc.subarray([...items], { maxLength: Math.min(items.length, most) });
}

/** It depends on some of those before it, so that there is no circle. */
function need(name: string, before: readonly string[]): fc.Arbitrary<Requirement> {
  return fc
    .record(
      {
        placement,
        type: fc.constantFrom(...TYPES),
        required: fc.oneof(
          { weight: 3, arbitrary: fc.constant(true) },
          { weight: 1, arbitrary: fc.constant(false) },
        ),
        replicas: fc.oneof(
          { weight: 3, arbitrary: fc.constant(1) },
          { weight: 1, arbitrary: fc.constantFrom(2, 3) },
        ),
        needs,
        labels,
        dependsOn: fewOf(before, 2),
        isManual: fc.oneof(
          { weight: 4, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
        version: fc.constantFrom(">=6", ">=7"),
        ports: portChoice,
      },
      {
        requiredKeys: [
          "placement",
          "type",
          "required",
          "replicas",
          "needs",
          "labels",
          "dependsOn",
          "isManual",
        ],
      },
    )
    .map((parts) => requirement(name, parts));
}

/** Up to seven, in an order in which those that depend on others may come first. */
const requirements: fc.Arbitrary<readonly Requirement[]> = fc
  .integer({ min: 1, max: 7 })
  .chain((count) => {
    const names = Array.from({ length: count }, (_, at) => `s${at}`);
    return fc.tuple(...names.map((name, at) => need(name, names.slice(0, at))));
  })
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));

function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(usual, ...others) },
  );
}

/** Mostly as it should be; each of the ways in which it may not be now and then. */
function seen(addresses: readonly string[]): fc.Arbitrary<Service> {
  return fc
    .record({
      type: fc.constantFrom(...Object.keys(KINDS), "unknown"),
      address: fc.constantFrom(...addresses),
      isUsual: fc.boolean(),
      port: fc.constantFrom(...PORTS),
      version: fc.constantFrom("7.1.0", "6.2.0", "5.0.3", "edge", null),
      product: fc.constantFrom(null, "MariaDB"),
      status: mostly<Health>("healthy", ...HEALTHS),
      confidence: mostly<number | undefined>(undefined, 0.6, 0.8),
      strategies: mostly<readonly string[]>(["tcp"], ["mdns"], ["dns"], ["mdns", "tcp"]),
      verified: mostly<boolean | undefined>(undefined, true, false),
      latencyMs: fc.constantFrom(0.5, null),
    })
    .map(({ type, address, isUsual, port, confidence, verified, ...rest }) =>
      service(type, address, {
        ...rest,
        port: isUsual ? (KINDS[type]?.ports[0] ?? port) : port,
        ...(confidence !== undefined && type !== "unknown" && type !== "http" && { confidence }),
        ...(verified !== undefined && { metadata: { announcements: [{ strategy: "dns", verified }] } }),
      }),
    );
}

const silence: fc.Arbitrary<UnknownPlace> = fc.record({
  address: fc.constantFrom("127.0.0.1", "10.0.1.1", "10.0.1.2", ...STRANGERS),
  ports: fc.uniqueArray(fc.constantFrom(...PORTS), { minLength: 1, maxLength: 3 }),
  outcome: fc.constantFrom("filtered", "unreachable", "failed"),
});

function startedOf(all: readonly Requirement[]): fc.Arbitrary<readonly StartedService[]> {
  return fewOf(all, 2).map((chosen) =>
    chosen.map(({ name }, at) => ({
      service: name,
      instance: 1,
      host: "localhost",
      address: "127.0.0.1",
      port: 8200 + at,
      by: `pid ${800 + at}`,
    })),
  );
}

interface Mood {
  /** Most that nobody could look at. */
  readonly silences: number;
  readonly services: number;
}

/** Any stack in any surroundings. */
function world({ silences, services }: Mood): fc.Arbitrary<PlanInput> {
  return fc.tuple(hosts, requirements).chain(([facts, all]) => {
    const addresses = [...LOCAL_ADDRESSES, ...facts.flatMap((one) => one.addresses), ...STRANGERS];
    const places = all.flatMap(({ name, replicas }) =>
      facts.map((one, at) => ({ service: name, instance: (at % replicas) + 1, host: one.name })),
    );
    return fc
      .record({
        strategy: fc.constantFrom(...PLACEMENT_STRATEGIES),
        services: fc.uniqueArray(seen(addresses), {
          maxLength: services,
          selector: ({ host: at, port }) => `${at} ${port}`,
        }),
        unknown: fc.array(silence, { maxLength: silences }),
        complete: fc.oneof(
          { weight: 9, arbitrary: fc.constant(true) },
          { weight: silences, arbitrary: fc.constant(false) },
        ),
        started: startedOf(all),
        previous: fewOf(places, 4),
        isStale: fc.nat(20),
      })
      .map(({ isStale, ...parts }) =>
        inputOf(all, {
          ...parts,
          hosts: facts,
          stale: parts.services.flatMap(({ id }, at) => (at === isStale ? id : [])),
        }),
      );
  });
}

export const anyInput: fc.Arbitrary<PlanInput> = world({ silences: 3, services: 8 });

/** Nothing unknown and little there, so that much is placed. */
export const calmInput: fc.Arbitrary<PlanInput> = world({ silences: 0, services: 3 }).map((input) => ({
  ...input,
  complete: true,
}));

function reordered<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}

/** The same lists in another order. */
export function shuffled(input: PlanInput): fc.Arbitrary<PlanInput> {
  return fc
    .record({
      services: reordered(input.services),
      hosts: reordered(input.hosts),
      unknown: reordered(input.unknown),
      started: reordered(input.started),
      previous: reordered(input.previous),
    })
    .map((parts) => ({ ...input, ...parts }));
}
