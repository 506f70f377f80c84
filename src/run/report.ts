import { randomUUID } from "node:crypto";

import { InventoryBuilder } from "../inventory/inventory.ts";
import { systemClock as clock } from "../model/clock.ts";
import { endpointText } from "../model/endpoint.ts";
import type { DiscoveryEvent } from "../model/event.ts";
import { SCHEMA_VERSION, type Service } from "../model/inventory.ts";
import type { Observation } from "../model/observation.ts";
import type { TargetText } from "../model/options.ts";
import type { Strategy } from "../model/strategy.ts";
import { Channel } from "../scan/channel.ts";
import { Tally } from "../scan/tally.ts";

/** How often a run says how far it is, in milliseconds. */
const PROGRESS_MS = 100;

/** What a run tells the outside: its events in order, its warnings once each, and the whole at the end. */
export class Report {
  readonly scanId: string = randomUUID();
  readonly tally: Tally = new Tally();
  readonly #startedAt: number = clock.now();
  readonly #startedMonotonic: number = clock.monotonic();
  readonly #events = new Channel<DiscoveryEvent>();
  readonly #warnings = new Set<string>();
  /** A progress event waits to be read; another one would only add to what a slow reader has to catch up on. */
  #untold = false;
  #telling: NodeJS.Immediate | undefined;
  readonly #strategies: readonly string[];
  readonly #targets: readonly string[];

  constructor(strategies: readonly Strategy[], targets?: readonly (string | TargetText)[]) {
    this.#strategies = strategies.map(({ name }) => name);
    // Who only listens to what others say looks at no target.
    const unnamed = strategies.every(({ announces }) => announces === true) ? [] : ["localhost"];
    this.#targets = (targets ?? unnamed).map((one) => (typeof one === "string" ? one : one.text));
  }

  readonly warn = (warning: string): void => {
    if (this.#warnings.has(warning)) return;
    this.#warnings.add(warning);
    this.#events.push({ event: "warning", warning });
  };

  /** Turns observations into events, to the last one. */
  async *follow(
    observations: AsyncIterable<Observation>,
    builder: InventoryBuilder,
  ): AsyncGenerator<DiscoveryEvent, void, undefined> {
    const gather = async (): Promise<void> => {
      for await (const observation of observations) {
        this.#take(observation, builder);
        this.#tellSoon(builder);
      }
      this.#tell(builder);
      this.#events.push(this.finished(builder.services));
    };
    const progress = setInterval(() => {
      if (!this.#untold) this.#events.push(this.#progress(builder.size));
      this.#untold = true;
    }, PROGRESS_MS);
    gather().then(
      () => this.#events.end(),
      (error: unknown) => this.#events.fail(error),
    );
    try {
      for await (const event of this.#events) {
        if (event.event === "progress") this.#untold = false;
        yield event;
      }
    } finally {
      clearInterval(progress);
      clearImmediate(this.#telling);
    }
  }

  /** What comes in one turn of the event loop is told of together. */
  #tellSoon(builder: InventoryBuilder): void {
    this.#telling ??= setImmediate(() => this.#tell(builder));
  }

  #tell(builder: InventoryBuilder): void {
    clearImmediate(this.#telling);
    this.#telling = undefined;
    const { changed, gone } = builder.changes();
    for (const change of changed) this.#events.push({ event: "service", ...change });
    for (const id of gone) this.#events.push({ event: "gone", id });
  }

  #take(observation: Observation, builder: InventoryBuilder): void {
    if (builder.add(observation)) return;
    this.warn(`${endpointText(observation.endpoint)} has more names than are kept: the rest is left out`);
    this.tally.cutShort();
  }

  /** What follows from services that are known in the end. */
  finished(services: readonly Service[]): DiscoveryEvent {
    return {
      event: "finished",
      inventory: {
        schemaVersion: SCHEMA_VERSION,
        scan: {
          id: this.scanId,
          startedAt: new Date(this.#startedAt).toISOString(),
          durationMs: Math.round(this.#elapsedMs),
          strategies: this.#strategies,
          targets: this.#targets,
        },
        coverage: this.tally.coverage,
        services,
        warnings: [...this.#warnings],
      },
    };
  }

  get #elapsedMs(): number {
    return clock.monotonic() - this.#startedMonotonic;
  }

  #progress(services: number): DiscoveryEvent {
    return { event: "progress", coverage: this.tally.coverage, elapsedMs: this.#elapsedMs, services };
  }
}
