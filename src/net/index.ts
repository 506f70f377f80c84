import type { Net } from "../model/net.ts";
import { readInterfaces } from "./machine.ts";
import { readNeighbours } from "./neighbours.ts";
import { createProber } from "./prober.ts";
import { resolverConfig } from "./resolver-config.ts";

/** The real network. What few runs need is loaded where it is used. */
export const systemNet: Net = {
  prober: createProber,
  dial: async (endpoint, options) => (await import("./dial.ts")).dial(endpoint, options),
  http: async (options, dial) => (await import("./http.ts")).openHttpSession(options, dial),
  grpc: async (options, dialWithin) => (await import("./grpc.ts")).askGrpc(options, dialWithin),
  dnsUdp: async (server, query, options) => (await import("./dns-udp.ts")).dnsUdp(server, query, options),
  dnsTcp: async (server, query, options) => (await import("./dns-tcp.ts")).dnsTcp(server, query, options),
  resolverConfig,
  interfaces: readInterfaces,
  neighbours: readNeighbours,
  multicast: async (options) => (await import("./multicast.ts")).openMulticast(options),
};
