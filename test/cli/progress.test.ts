import { assert, nat, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";

import { progressText } from "../../src/cli/terminal/progress.ts";
import type { DiscoveryEvent } from "../../src/model/event.ts";
import type { Coverage } from "../../src/model/outcome.ts";
import { discover, finished, found, inventory, service } from "./fake-io.ts";

function coverage(probes: number, unprobed: number): Coverage {
  return { ...inventory().coverage, probes, unprobed, complete: false };
}

describe("the progress line", () => {
  test("tells how far, how fast, how long still, and what was found", () => {
    const text = progressText({ coverage: coverage(65_535, 55_535), elapsedMs: 2000, services: 3 }, 80);
    expect(text).toBe("10,000 of 65,535 probes · 15% · 5,000/s · 11.1 s left · 3 services");
  });

  test("says nothing that it cannot know yet, or any more", () => {
    expect(progressText({ coverage: coverage(0, 0), elapsedMs: 0, services: 0 }, 80)).toBe(
      "0 of 0 probes · 0 services",
    );
    expect(progressText({ coverage: coverage(9, 9), elapsedMs: 0, services: 0 }, 80)).toBe(
      "0 of 9 probes · 0% · 0 services",
    );
    expect(progressText({ coverage: coverage(9, 0), elapsedMs: 1000, services: 1 }, 80)).toBe(
      "9 of 9 probes · 100% · 9/s · 1 service",
    );
  });

  test("is never wider than it may be", () => {
    const counts = tuple(nat(), nat());
    assert(
      property(counts, nat(), nat(200), ([a, b], elapsedMs, width) => {
        const text = progressText(
          { coverage: coverage(Math.max(a, b), Math.min(a, b)), elapsedMs, services: 1 },
          width,
        );
        expect(text.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

async function stderr(
  events: DiscoveryEvent[],
  argv: string[] = [],
  more: Parameters<typeof discover>[1] = {},
) {
  const script = () => [...events, finished(inventory())];
  return (await discover(["x", ...argv], { terminals: ["stderr"], ...more, script })).stderr;
}

describe("on standard error", () => {
  const progress: DiscoveryEvent = {
    event: "progress",
    coverage: coverage(9, 0),
    elapsedMs: 1000,
    services: 1,
  };
  const line = "\r9 of 9 probes · 100% · 9/s · 1 service\u001B[K";
  const clear = "\r\u001B[K";

  test("it is taken away before anything else is printed", async () => {
    expect(await stderr([progress])).toBe(`${line}${clear}`);
    expect(await stderr([progress, { event: "warning", warning: "w" }])).toBe(`${line}${clear}warning: w\n`);
    expect(await stderr([progress, found(service("redis"))], ["--output=ndjson"])).toBe(`${line}${clear}`);
  });

  test("it is redrawn ten times a second at most", async () => {
    let time = 0;
    const now = () => time;
    const step = (ms: number) => {
      time += ms;
      return progress;
    };
    const events = function* () {
      for (let at = 0; at < 100; at++) yield step(10);
    };
    const text = await discover(["x"], {
      terminals: ["stderr"],
      now,
      script: function* () {
        yield* events();
        yield finished(inventory());
      },
    });
    expect(text.stderr.split(line)).toHaveLength(10 + 1);
  });

  test.each([
    [["--no-progress"], {}],
    [["--quiet"], {}],
    [[], { env: { CI: "true" } }],
    [[], { env: { TERM: "dumb" } }],
    [[], { terminals: [] }],
  ])("it is not there with %j %j", async (argv, more) => {
    expect(await stderr([progress], argv, more)).toBe("");
  });
});
