import { readFileSync } from "node:fs";

import { afterEach, describe, expect, test, vi } from "vitest";

import { readNeighbours } from "../../src/net/neighbours.ts";

vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  readFileSync: vi.fn(),
}));

const HEAD = "IP address       HW type     Flags       HW address            Mask     Device\n";

/** As Linux 6.1 writes it: an answered host, one asked for, one that was set by hand, one by proxy. */
const TABLE = `${HEAD}10.99.0.11       0x1         0x2         5e:0c:9d:1f:00:0b     *        br0
10.99.0.200      0x1         0x0         00:00:00:00:00:00     *        br0
10.99.0.12       0x1         0x6         5e:0c:9d:1f:00:0c     *        br0
10.99.0.13       0x1         0xc         00:00:00:00:00:00     *        br0
`;

describe("the kernel's table of neighbours", () => {
  afterEach(() => vi.mocked(readFileSync).mockReset());

  test("says of each host whether somebody has answered for it", () => {
    vi.mocked(readFileSync).mockReturnValue(TABLE);
    expect([...readNeighbours()]).toEqual([
      ["10.99.0.11", true],
      ["10.99.0.200", false],
      ["10.99.0.12", true],
      ["10.99.0.13", false],
    ]);
    expect(readFileSync).toHaveBeenCalledExactlyOnceWith("/proc/net/arp", "utf8");
  });

  test.each([
    ["nobody is there", HEAD],
    ["there is nothing", ""],
  ])("is empty where %s", (_, text) => {
    vi.mocked(readFileSync).mockReturnValue(text);
    expect(readNeighbours().size).toBe(0);
  });

  test("is empty where there is no /proc", () => {
    vi.mocked(readFileSync).mockImplementation(() => {
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    });
    expect(readNeighbours().size).toBe(0);
  });
});
