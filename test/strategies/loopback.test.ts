import { describe, expect, test } from "vitest";

import { tryLoopback as tryHttp } from "../../strategies/http/try-loopback.ts";
import { tryLoopback as tryTcp } from "../../strategies/tcp/try-loopback.ts";
import { benchOf } from "./http-bench.ts";

describe.each([
  ["tcp", tryTcp],
  ["http", tryHttp],
])("the test of %s", (_name, tryLoopback) => {
  test("finds a server of its own", async () => {
    const { scope, context } = benchOf([]);
    expect((await tryLoopback(scope, context))[0]).toMatchObject({ works: true });
  });

  test("blames nobody where the time was over", async () => {
    const { scope, context } = benchOf([], { signal: AbortSignal.abort() });
    const [check] = await tryLoopback(scope, context);
    expect(check).toMatchObject({ works: false, remedy: "give it more time (--deadline)" });
    expect(check?.summary).toMatch(/^the time was over before /);
  });

  test("suspects a firewall where its own server cannot be reached", async () => {
    const { scope, context } = benchOf([]);
    const scanner = { ...context.scanner, dial: () => Promise.resolve(undefined) };
    const [check] = await tryLoopback(scope, { ...context, scanner });
    expect(check).toMatchObject({ works: false, remedy: expect.stringContaining("firewall") });
  });
});
