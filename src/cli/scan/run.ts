import type { DiscoveryEvent } from "../../model/event.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { DiscoverOptions, Discovery } from "../../model/options.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Sink } from "./sink.ts";
import { finishAll } from "./sink.ts";

export interface RunContext {
  readonly discover: (options: DiscoverOptions) => Promise<Discovery>;
  readonly terminal: Terminal;
  readonly filter: (event: DiscoveryEvent) => DiscoveryEvent | undefined;
  readonly result: Sink;
  readonly files: readonly Sink[];
  /** The result shows the warnings on the very screen that standard error is on. */
  readonly warningsShown: boolean;
}

/** Carries a run through: events to the sinks as they come, the whole at the end. Resolves to the unfiltered whole. */
export async function carryThrough(options: DiscoverOptions, context: RunContext): Promise<Inventory> {
  const { terminal, filter, result, files, warningsShown } = context;
  const warned = new Set<string>();
  let whole: Inventory | undefined;
  for await (const event of await context.discover(options)) {
    if (event.event === "progress") terminal.progress(event);
    if (event.event === "warning" && !warned.has(event.warning)) {
      warned.add(event.warning);
      if (!warningsShown) terminal.note(`warning: ${event.warning}`);
    }
    if (event.event === "finished") whole = event.inventory;
    const passed = filter(event);
    if (passed === undefined) continue;
    for (const sink of [...files, result]) await sink.take(passed);
    if (passed.event === "finished") await finishAll(files, result, passed.inventory);
  }
  if (whole === undefined) throw new Error("the run ended without its last event");
  return whole;
}
