import { randomUUID } from "node:crypto";

import type { ServiceCache } from "../../inventory/cache/cache.ts";
import type { CacheQuery, CachedServices } from "../../inventory/cache/query.ts";
import { compareServices } from "../../inventory/inventory.ts";
import { type Endpoint, endpointKey } from "../../model/endpoint.ts";
import type { DiscoveryEvent } from "../../model/event.ts";
import { SCHEMA_VERSION } from "../../model/inventory.ts";
import type { DiscoverOptions, Discovery } from "../../model/options.ts";
import type { Coverage } from "../../model/outcome.ts";
import type { Scope } from "../../model/strategy.ts";
import { catalogWith } from "../../run/catalog.ts";
import { checkOptions } from "../../run/check.ts";
import { type Survey, survey } from "../../run/survey.ts";
import { countProbes } from "../../scan/size.ts";
import { strategiesOf } from "../../strategies.ts";
import { parseAddress } from "../../targets/address.ts";
import { contains } from "../../targets/set.ts";

/**
 * What a scan with these options would be told by the cache, as such a scan tells it. Nothing is sent: names mean the
 * addresses that earlier scans met under them.
 */
export function answerFrom(
  cache: ServiceCache,
  options: DiscoverOptions,
  query: Pick<CacheQuery, "maxAgeMs">,
): Discovery {
  return {
    [Symbol.asyncIterator]: () => answer(cache, options, query),
    async inventory() {
      for await (const event of answer(cache, options, query))
        if (event.event === "finished") return event.inventory;
      throw new Error("an answer ends with its inventory");
    },
  };
}

async function* answer(
  cache: ServiceCache,
  options: DiscoverOptions,
  query: Pick<CacheQuery, "maxAgeMs">,
): AsyncGenerator<DiscoveryEvent, void, undefined> {
  checkOptions(options);
  const startedAt = Date.now();
  const scanId = randomUUID();
  const strategies = await strategiesOf(options.strategies);
  const signal = options.signal ?? new AbortController().signal;
  const surveyed = await survey(
    options,
    strategies,
    await catalogWith(options.catalog),
    signal,
    lookUpIn(cache),
  );
  const announcers = strategies.flatMap(({ announces, name }) => (announces === true ? name : []));
  const known = cache.services(startedAt, { ...query, isIn: admission(surveyed, announcers) });
  const coverage = coverageOf(surveyed.scope, known);
  yield { event: "started", scanId, addresses: coverage.addresses, probes: coverage.probes };
  const services = [...known.services, ...known.stale].toSorted(compareServices);
  for (const warning of surveyed.warnings) yield { event: "warning", warning };
  for (const service of services) yield { event: "service", service, replaces: [] };
  const scan = {
    id: scanId,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(0, Date.now() - startedAt),
    strategies: strategies.map(({ name }) => name),
    targets: targetTexts(options, strategies.length > announcers.length),
    cached: true as const,
  };
  const document = { schemaVersion: SCHEMA_VERSION, scan, coverage, services, warnings: surveyed.warnings };
  yield { event: "finished", inventory: document };
}

function lookUpIn(cache: ServiceCache): (name: string) => Promise<readonly string[]> {
  return (name) => {
    const addresses = cache.addressesOf(name);
    if (addresses.length > 0) return Promise.resolve(addresses);
    return Promise.reject(Object.assign(new Error(name), { code: "the cache has no such name" }));
  };
}

/** As a scan names them. */
function targetTexts({ targets }: DiscoverOptions, looks: boolean): string[] {
  const unnamed = looks ? ["localhost"] : [];
  return (targets ?? unnamed).map((one) => (typeof one === "string" ? one : one.text));
}

/** What a scan would look at, and what one of its strategies heard of and it would admit. */
function admission(
  { scope, admits, isOwn }: Survey,
  announcers: readonly string[],
): NonNullable<CacheQuery["isIn"]> {
  const isProbed = probedBy(scope);
  return (endpoint, heardBy) =>
    isProbed(endpoint) ||
    (heardBy.some((name) => announcers.includes(name)) &&
      (admits(endpoint.address) || isOwn(endpoint.address)));
}

function probedBy({ targets, ports, extra }: Scope): (endpoint: Endpoint) => boolean {
  const known = new Set(ports);
  const besides = new Set(extra.map(endpointKey));
  return (endpoint) => {
    if (besides.has(endpointKey(endpoint))) return true;
    const address = parseAddress(endpoint.address);
    return known.has(endpoint.port) && address !== undefined && contains(targets.ranges, address);
  };
}

/** What was met or refused and is not too old is known; of all else that a scan would probe, nothing. */
function coverageOf(scope: Scope, { open, closed }: CachedServices): Coverage {
  const isProbed = probedBy(scope);
  const beyond = [...open, ...closed].filter((endpoint) => !isProbed(endpoint)).length;
  const probes = countProbes(scope) + beyond;
  const unprobed = probes - open.length - closed.length;
  return {
    addresses: scope.targets.count,
    probes,
    open: open.length,
    closed: closed.length,
    filtered: 0,
    unreachable: 0,
    failed: 0,
    unprobed,
    complete: unprobed === 0,
  };
}
