import { describe, expect, test } from "vitest";

import { countProbes, inOrder } from "../../src/scan/order.ts";
import { hostAt, portsTo, scopeOf } from "./fake-net.ts";

const EXTRA = [
  { address: "127.0.0.1", port: 9999, transport: "tcp" },
  { address: "::1", port: 9999, transport: "tcp" },
] as const;

function keys(shape: Parameters<typeof scopeOf>[0]): string[] {
  return [...inOrder(scopeOf(shape))].map(({ address, port }) => `${address} ${port}`);
}

describe("the order of probes", () => {
  test("is extra endpoints, then port by port over the hosts", () => {
    expect(keys({ hosts: 2, ports: [22, 80], extra: EXTRA })).toEqual([
      "127.0.0.1 9999",
      "::1 9999",
      "10.0.0.0 22",
      "10.0.0.1 22",
      "10.0.0.0 80",
      "10.0.0.1 80",
    ]);
  });

  test("finishes 256 hosts before it turns to the next", () => {
    const order = keys({ hosts: 300, ports: [1, 2] });
    const first = new Set(Array.from({ length: 256 }, (_, at) => hostAt(at)));
    expect(order).toHaveLength(600);
    expect(new Set(order).size).toBe(600);
    expect(order.slice(0, 512).every((key) => first.has(key.split(" ")[0] ?? ""))).toBe(true);
    expect(order.slice(512).some((key) => first.has(key.split(" ")[0] ?? ""))).toBe(false);
  });

  test("is counted without being walked", () => {
    const shape = { hosts: 300, ports: portsTo(3), extra: EXTRA };
    expect(countProbes(scopeOf(shape))).toBe(keys(shape).length);
    expect(countProbes(scopeOf({ hosts: 2 ** 24, ports: portsTo(100) }))).toBe(2 ** 24 * 100);
  });
});
