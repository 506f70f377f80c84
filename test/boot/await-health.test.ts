import { describe, expect, test } from "vitest";

import { awaitHealth, nextDelay } from "../../src/boot/await-health.ts";
import type { Look } from "../../src/boot/tools.ts";
import { systemClock } from "../../src/model/clock.ts";

const seen = (state: Look["state"]): Look => ({ state, summary: state, version: null, url: null });
const never = new AbortController().signal;
const runs = async (): Promise<undefined> => undefined;

describe("waiting for a service to be well", () => {
  test("looks more and more seldom, and once a second at least", () => {
    const delays: number[] = [];
    for (let delay = nextDelay(undefined); delays.length < 10; delay = nextDelay(delay)) delays.push(delay);
    expect(delays.slice(0, 3)).toEqual([50, 80, 128]);
    expect(delays.at(-1)).toBe(1_000);
  });

  test("looks until it is", async () => {
    const looks = [seen("absent"), seen("unhealthy"), seen("healthy")];
    const look = async (): Promise<Look> => looks.shift() ?? seen("unknown");
    const options = { timeoutMs: 60_000, clock: systemClock, signal: never };
    expect(await awaitHealth({ look, ended: runs }, options)).toEqual({
      state: "healthy",
      look: seen("healthy"),
    });
    expect(looks).toEqual([]);
  });

  test("ends at once with the process, though a look hangs", async () => {
    const process = new AbortController();
    const look = (signal: AbortSignal): Promise<Look> => {
      setImmediate(() => process.abort());
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(seen("unknown"))));
    };
    const ended = async (): Promise<string | undefined> => (process.signal.aborted ? "it exited" : undefined);
    const rising = { look, ended, mayHaveEnded: process.signal };
    const options = { timeoutMs: 3_600_000, clock: systemClock, signal: never };
    expect(await awaitHealth(rising, options)).toEqual({ state: "ended", summary: "it exited" });
  });

  test("does not take for well what ended while it was looked at", async () => {
    const answers = [undefined, "it exited"];
    const rising = { look: async () => seen("healthy"), ended: async () => answers.shift() };
    const options = { timeoutMs: 60_000, clock: systemClock, signal: never };
    expect(await awaitHealth(rising, options)).toEqual({ state: "ended", summary: "it exited" });
  });

  test("says what was seen last when its time is over, not that the last look was cut short", async () => {
    let looks = 0;
    const look = (signal: AbortSignal): Promise<Look> =>
      looks++ === 0
        ? Promise.resolve(seen("unhealthy"))
        : new Promise((resolve) => signal.addEventListener("abort", () => resolve(seen("unknown"))));
    const options = { timeoutMs: 200, clock: systemClock, signal: never };
    expect(await awaitHealth({ look, ended: runs }, options)).toEqual({
      state: "late",
      summary: "unhealthy",
    });
  });

  test("ends with its signal", async () => {
    const controller = new AbortController();
    const look = async (): Promise<Look> => {
      controller.abort(new Error("enough"));
      return seen("absent");
    };
    const options = { timeoutMs: 60_000, clock: systemClock, signal: controller.signal };
    await expect(awaitHealth({ look, ended: runs }, options)).rejects.toThrow("enough");
  });

  test("takes what has no port for well once it has run for a while", async () => {
    const options = { timeoutMs: 60_000, clock: systemClock, signal: never };
    expect(await awaitHealth({ look: undefined, ended: runs }, options)).toEqual({
      state: "healthy",
      look: undefined,
    });
  });
});
