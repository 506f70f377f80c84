import { describe, expect, test } from "vitest";

import type { SelfTest } from "../../src/self-test.ts";
import { discover } from "./fake-io.ts";

const TCP: SelfTest = {
  name: "tcp",
  summary: "Connects",
  works: true,
  checks: [
    { works: true, summary: "connected to a server on 127.0.0.1" },
    {
      works: true,
      summary: "sees 3 listening sockets, and the processes of 1",
      remedy: "run as root to see more",
    },
  ],
};

const MDNS: SelfTest = {
  name: "mdns",
  summary: "Listens",
  works: false,
  checks: [{ works: false, summary: "no usable interface\u001b[31m", remedy: "bring one up" }],
};

describe("discover --test", () => {
  test("says of every strategy what works, and what stands in its way, and how to mend it", async () => {
    const { stdout, code, options } = await discover(["--test"], { tests: [TCP, MDNS] });
    expect(stdout).toBe(
      [
        "tcp works",
        "  ✓ connected to a server on 127.0.0.1",
        "  ✓ sees 3 listening sockets, and the processes of 1",
        "    run as root to see more",
        "mdns does not work",
        "  ✗ no usable interface\\x1b[31m",
        "    bring one up",
        "",
      ].join("\n"),
    );
    expect(code).toBe(1);
    expect(options[0]?.strategies).toEqual(["tcp", "http", "dns", "mdns"]);
  });

  test("fits a terminal", async () => {
    const long = { works: false, summary: "many words ".repeat(20), remedy: "do this and that ".repeat(9) };
    const { stdout } = await discover(["--test"], {
      tests: [{ ...MDNS, checks: [long] }],
      terminals: ["stdout"],
    });
    const lines = stdout.trimEnd().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.slice(2).every((line) => line.startsWith("    "))).toBe(true);
  });

  test("ends with 0 only where all of them work", async () => {
    expect((await discover(["--test"], { tests: [TCP] })).code).toBe(0);
    expect((await discover(["--test"], { tests: [TCP, MDNS] })).code).toBe(1);
  });

  test("tries only the strategies that are named", async () => {
    const { options } = await discover(["--test", "--strategy=tcp"], { tests: [TCP] });
    expect(options[0]?.strategies).toEqual(["tcp"]);
  });

  test("is one JSON document for programs", async () => {
    const { stdout } = await discover(["--test", "--output=json"], { tests: [TCP, MDNS] });
    expect(JSON.parse(stdout)).toEqual({ works: false, strategies: [TCP, MDNS] });
  });

  test("looks at no targets, and says so", async () => {
    const { code, stderr } = await discover(["--test", "10.0.0.1"], { tests: [TCP] });
    expect(code).toBe(2);
    expect(stderr).toContain("--test looks at no targets");
  });
});
