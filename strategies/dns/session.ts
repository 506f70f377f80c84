import { randomInt } from "node:crypto";

import type { Name } from "../../src/dns/message.ts";
import { nameKey, parseName } from "../../src/dns/name.ts";
import { type ResolverConfig, parseResolvConf } from "../../src/dns/resolv-conf.ts";
import { type Resolver, createResolver } from "../../src/dns/resolver.ts";
import type { NameServer, Scope, StrategyContext } from "../../src/model/strategy.ts";
import { Problems } from "./problems.ts";
import { Room } from "./room.ts";

/** What all look-ups of one run share. */
export interface Session {
  readonly scope: Scope;
  readonly context: StrategyContext;
  readonly config: ResolverConfig;
  /** The machine's own, as names. */
  readonly search: readonly Name[];
  readonly servers: readonly NameServer[];
  readonly resolver: Resolver;
  readonly problems: Problems;
  /** For SRV records that are followed. */
  readonly records: Room;
  /** For endpoints that are told of. */
  readonly endpoints: Room;
  /** Uniform in [0, 1), and not to be guessed. */
  readonly random: () => number;
  /** A label that nobody has given to anything: what answers to it answers to everything. */
  readonly nobody: string;
}

/** Where a machine that is told nothing asks (resolv.conf(5)). */
const LOCAL_SERVER: NameServer = { address: "127.0.0.1", port: 53 };

/** What one look-up, and all of them, may take, in time-outs of one server. */
const TIMEOUTS_A_LOOKUP = 4;
const TIMEOUTS_IN_ALL = 15;

/** SRV records that one run follows, and endpoints that it tells of, at most: glue costs its sender next to nothing. */
const MOST_RECORDS = 4_096;
const MOST_ENDPOINTS = 4_096;

/** `signal` ends every look-up. */
export function startSession(scope: Scope, context: StrategyContext, signal: AbortSignal): Session {
  const { net, clock, log } = context;
  const config = parseResolvConf(net.resolverConfig());
  const servers = serversOf(scope, config);
  const timeoutMs = Math.min(scope.timeoutMs, config.timeoutMs);
  const resolver = createResolver({
    udp: net.dnsUdp,
    tcp: net.dnsTcp,
    servers,
    timeoutMs,
    lookupMs: timeoutMs * TIMEOUTS_A_LOOKUP,
    endsAt: clock.monotonic() + timeoutMs * TIMEOUTS_IN_ALL,
    attempts: config.attempts,
    rotate: config.rotate,
    clock,
    random: cryptoRandom,
    signal,
    debug: (message) => log.debug(`dns: ${message}`),
  });
  const search = config.search
    .map(parseName)
    .filter((name) => name !== undefined)
    .filter((name) => name.length > 0 && !isMulticast(name));
  const nobody = `sonde-${randomInt(2 ** 47).toString(36)}`;
  const problems = new Problems(context);
  const rooms = roomsOf(problems);
  return {
    scope,
    context,
    config,
    search,
    servers,
    resolver,
    problems,
    ...rooms,
    random: cryptoRandom,
    nobody,
  };
}

function roomsOf(problems: Problems): Pick<Session, "records" | "endpoints"> {
  const room = (most: number, things: string): Room =>
    new Room(most, () => problems.cut(`dns: only ${most} ${things} are looked at in one run`));
  return {
    records: room(MOST_RECORDS, "SRV records"),
    endpoints: room(MOST_ENDPOINTS, "announced endpoints"),
  };
}

/** Whether a domain is the one that is for multicast (RFC 6762, section 3): name servers are not to be asked. */
export function isMulticast(domain: Name): boolean {
  return nameKey(domain) === "local";
}

export function serversOf(scope: Scope, config: ResolverConfig): readonly NameServer[] {
  if (scope.dnsServers.length > 0) return scope.dnsServers;
  return config.servers.length > 0 ? config.servers : [LOCAL_SERVER];
}

const STEPS = 2 ** 32;

function cryptoRandom(): number {
  return randomInt(STEPS) / STEPS;
}
