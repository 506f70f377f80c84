import { expect, test } from "vitest";

import type { Endpoint } from "../../src/model/endpoint.ts";
import { Announced } from "../../src/scan/announced.ts";
import { KnownOpen } from "../../src/scan/known.ts";
import { Tally } from "../../src/scan/tally.ts";
import { FakeNet, type Script, hostAt, scopeOf } from "./fake-net.ts";
import { scannerOver } from "./scanner-over.ts";

function at(address: string, port: number): Endpoint {
  return { address, port, transport: "tcp" };
}

async function sweep(script: Script, known?: KnownOpen) {
  const fake = new FakeNet(script);
  const tally = new Tally();
  const { signal } = new AbortController();
  const limits = { sockets: 16, perHost: 16, isOwn: () => false };
  const shared = { limits, announced: new Announced(false), tally, signal, ...(known && { known }) };
  const found: string[] = [];
  for await (const { endpoint } of scannerOver({ net: fake.net, ...shared }).sweep(
    scopeOf({ hosts: 3, ports: [1, 2, 3] }),
  ))
    found.push(`${endpoint.address} ${endpoint.port}`);
  return { found: found.toSorted(), probes: fake.begun.toSorted(), coverage: tally.coverage };
}

/** Port 1 refuses, port 2 is open, port 3 keeps silent. */
const script: Script = (_, port) => (port === 1 ? "closed" : port === 2 ? "open" : "filtered");

test("what was open before and refuses now is told of, and changes nothing", async () => {
  const refused: Endpoint[] = [];
  const all = [1, 2, 3].map((port) => at(hostAt(1), port));
  const elsewhere = [at("10.9.9.9", 1), at(hostAt(2), 9), { ...at(hostAt(2), 1), transport: "udp" as const }];
  const known = new KnownOpen([...all, ...elsewhere], (endpoint) => refused.push(endpoint));
  expect(await sweep(script, known)).toEqual(await sweep(script));
  expect(refused).toEqual([at(hostAt(1), 1)]);
});
