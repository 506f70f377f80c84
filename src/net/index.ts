import type { Net } from "../model/net.ts";
import { dial } from "./dial.ts";
import { dnsTcp } from "./dns-tcp.ts";
import { dnsUdp } from "./dns-udp.ts";
import { askGrpc } from "./grpc.ts";
import { openHttpSession } from "./http.ts";
import { readInterfaces } from "./machine.ts";
import { openMulticast } from "./multicast.ts";
import { probe } from "./probe.ts";
import { resolverConfig } from "./resolver-config.ts";

/** The real network. */
export const systemNet: Net = {
  probe,
  dial,
  http: openHttpSession,
  grpc: askGrpc,
  dnsUdp,
  dnsTcp,
  resolverConfig,
  interfaces: readInterfaces,
  multicast: openMulticast,
};
