import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { type WatchEvent, type WatchOptions, watch } from "../../src/index.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { missingPrograms } from "./programs.js";

const missing = missingPrograms(["avahi-daemon", "redis-server"]).length > 0;

/** All services as who applies every event has them, and what he was told. */
class View implements AsyncDisposable {
  readonly there = new Map<string, string>();
  readonly told: string[] = [];
  rounds = 0;
  readonly #stop = new AbortController();
  readonly #events: AsyncIterator<WatchEvent>;

  constructor(options: WatchOptions) {
    const given = { intervalMs: 300, timeoutMs: 500, interfaces: ["br0"], ...options };
    this.#events = watch({ ...given, signal: this.#stop.signal })[Symbol.asyncIterator]();
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const { done, value } = await this.#events.next();
      if (done === true) throw new Error(`the watch has ended: ${this.told.join("; ")}`);
      this.#take(value);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#events.return?.();
  }

  #take(event: WatchEvent): void {
    if (event.event === "round") this.rounds++;
    if (event.event === "warning" || event.event === "round") return;
    const { id, status, strategies } = event.service;
    if (event.event === "changed") for (const one of event.replaces) this.there.delete(one);
    if (event.event === "gone") this.there.delete(id);
    else this.there.set(id, `${status} by ${strategies.join(", ")}`);
    this.told.push(`${event.event} ${id}${event.event === "gone" ? ` (${event.reason})` : ""}`);
  }
}

const H1 = ["10.99.0.11", "fd99::11"];

describe("a watch of the lab", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({ hosts: 1 });
  });
  afterEach(() => lab.host(1).heal());
  afterAll(() => lab.close());

  test.skipIf(missing)(
    "keeps what avahi announces until its goodbye, and looks at it; what refuses is gone at once",
    async () => {
      const h1 = lab.host(1);
      const redis = await h1.redis();
      const avahi = await h1.avahi([
        { name: "cache", type: "_redis._tcp", port: redis.port },
        { name: "nobody", type: "_postgresql._tcp", port: 5432 },
      ]);
      await using view = new View({ strategies: ["tcp", "mdns"], targets: H1, ports: [1] });
      const cache = `redis@10.99.0.11:${redis.port}`;
      const orphan = "postgresql@10.99.0.11:5432";
      // One service each, in both families: found by its announcement, verified at a port that nobody named.
      await view.until(() => view.there.get(cache) === "healthy by mdns, tcp");
      await view.until(() => view.there.get(orphan)?.startsWith("unhealthy by mdns") === true);
      expect(view.there.size).toBe(2);
      avahi.withdraw("nobody");
      await view.until(() => view.told.includes(`gone ${orphan} (withdrawn)`));
      avahi.withdraw("cache");
      await view.until(() => view.there.get(cache) === "healthy by tcp");
      await redis.stop();
      await view.until(() => view.told.includes(`gone ${cache} (refused)`));
      expect([...view.there]).toEqual([]);
    },
  );

  test("takes a cable that is pulled for silence, twice, and finds all again when it is back", async () => {
    const h1 = lab.host(1);
    const { port } = await h1.bad("mute", 7_000);
    await using view = new View({ strategies: ["tcp"], targets: H1.slice(0, 1), ports: [port] });
    const mute = `unknown@10.99.0.11:${port}`;
    await view.until(() => view.there.has(mute) && view.rounds > 0);
    const before = view.rounds;
    await h1.unplug();
    await view.until(() => view.told.includes(`gone ${mute} (no answer twice)`));
    expect(view.rounds - before).toBeGreaterThanOrEqual(1);
    await h1.plug();
    await view.until(() => view.there.has(mute));
  });

  test("does not take a server that hangs for another one", async () => {
    const redis = await lab.host(1).redis({ port: 7_001 });
    const options = { targets: H1.slice(0, 1), ports: [7_001], httpTimeoutMs: 300 };
    await using view = new View({ strategies: ["tcp"], ...options });
    await view.until(() => view.there.has("redis@10.99.0.11:7001") && view.rounds > 0);
    redis.pause();
    await view.until(() => view.there.has("unknown@10.99.0.11:7001"));
    redis.resume();
    await view.until(() => view.there.has("redis@10.99.0.11:7001"));
    expect(view.told).toEqual([
      "appeared redis@10.99.0.11:7001",
      "changed unknown@10.99.0.11:7001",
      "changed redis@10.99.0.11:7001",
    ]);
    await redis.stop();
  });
});
