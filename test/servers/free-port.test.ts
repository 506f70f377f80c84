import { describe, expect, test } from "vitest";

import type { Binding } from "../../src/model/port-report.ts";
import { searchPort, triesFor } from "../../src/servers/free-port.ts";
import { NEVER } from "../net/peers.ts";

/** Ports that somebody has, and all attempts so far. */
function machine(say: (port: number, address: string) => Binding) {
  const tried: string[] = [];
  return {
    tried,
    tryBind: (address: string, port: number): Promise<Binding> => {
      tried.push(`${address} ${port}`);
      return Promise.resolve(say(port, address));
    },
  };
}

const search = (
  say: (port: number, address: string) => Binding,
  more: { base?: number; tries?: number } = {},
) => {
  const { tried, tryBind } = machine(say);
  const { base = 8_100, tries = 100 } = more;
  const options = { addresses: ["127.0.0.1", "::1"], tries, tryBind, signal: NEVER };
  return { tried, found: searchPort(base, options) };
};

describe("the search for a port", () => {
  test("ends with the first that is free at all addresses", async () => {
    const taken = new Set(["127.0.0.1 8100", "::1 8101"]);
    const { tried, found } = search((port, address) => (taken.has(`${address} ${port}`) ? "taken" : "free"));
    expect(await found).toEqual({ port: 8_102, taken: [8_100, 8_101], first: "taken" });
    // What is taken at one address is not tried at the next.
    expect(tried).toEqual(["127.0.0.1 8100", "127.0.0.1 8101", "::1 8101", "127.0.0.1 8102", "::1 8102"]);
  });

  test("tries a hundred where it may, and no more", async () => {
    const last = search((port) => (port < 8_199 ? "taken" : "free"), {
      tries: triesFor({ autoDiscoverPort: true }),
    });
    expect(await last.found).toMatchObject({ port: 8_199 });
    const none = search((port) => (port < 8_200 ? "taken" : "free"), {
      tries: triesFor({ autoDiscoverPort: true }),
    });
    expect((await none.found).port).toBeUndefined();
    expect(none.tried).toHaveLength(100);
    const one = search(() => "taken", { tries: triesFor({ autoDiscoverPort: false }) });
    expect((await one.found).port).toBeUndefined();
    expect(one.tried).toHaveLength(1);
  });

  test("ends with the last port there is", async () => {
    const { tried, found } = search(() => "taken", { base: 65_534 });
    expect(await found).toEqual({ port: undefined, taken: [65_534, 65_535], first: "taken" });
    expect(tried).toHaveLength(2);
  });

  test("does without a family that this machine lacks", async () => {
    const { found } = search((_, address) => (address === "::1" ? "absent" : "free"));
    expect(await found).toEqual({ port: 8_100, taken: [], first: "free" });
  });

  test("gives up where the address is not this machine's", async () => {
    const { tried, found } = search(() => "absent");
    expect(await found).toEqual({ port: undefined, taken: [], first: "absent" });
    expect(tried).toHaveLength(2);
  });

  test.each(["forbidden", "failed"] as const)(
    "takes what is %s for neither free nor taken",
    async (binding) => {
      const { found } = search((port) => (port < 8_103 ? binding : "free"));
      expect(await found).toEqual({ port: 8_103, taken: [], first: binding });
    },
  );

  test("ends with its signal", async () => {
    const over = new AbortController();
    const tryBind = (): Promise<Binding> => {
      over.abort(new Error("enough"));
      return Promise.resolve("taken");
    };
    const options = { addresses: ["127.0.0.1"], tries: 100, tryBind, signal: over.signal };
    await expect(searchPort(8_100, options)).rejects.toThrow("enough");
  });
});
