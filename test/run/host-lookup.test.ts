import { describe, expect, test } from "vitest";

import type { MulticastOptions } from "../../src/model/multicast.ts";
import { hostAddresses } from "../../src/run/host-lookup.ts";

/** A link on which nobody is. */
function deafNet() {
  const asked: (readonly string[])[] = [];
  const multicast = async ({ interfaces }: MulticastOptions) => {
    asked.push(interfaces);
    return { links: [], faults: [], shared: undefined, close: () => Promise.resolve() };
  };
  return { net: { multicast }, asked };
}

const { signal } = new AbortController();
const options = { interfaces: ["eth0"], signal, isOwn: () => false };

function system(name: string): Promise<string[]> {
  return Promise.resolve([`system: ${name}`]);
}

describe("looking a host name up", () => {
  test("asks the system's resolver, and the link for nothing", async () => {
    const { net, asked } = deafNet();
    expect(await hostAddresses("db.corp.test", net, system, options)).toEqual(["system: db.corp.test"]);
    expect(await hostAddresses("local", net, system, options)).toEqual(["system: local"]);
    expect(await hostAddresses("notlocal.example", net, system, options)).toEqual([
      "system: notlocal.example",
    ]);
    expect(asked).toEqual([]);
  });

  test.each(["h1.local", "H1.LOCAL", "h1.local."])(
    "asks the link first for %s, then the system",
    async (name) => {
      const { net, asked } = deafNet();
      expect(await hostAddresses(name, net, system, options)).toEqual([`system: ${name}`]);
      expect(asked).toEqual([["eth0"]]);
    },
  );
});
