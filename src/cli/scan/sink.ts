import type { DiscoveryEvent } from "../../model/event.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { FormatContext, OutputFormat } from "../../model/output.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { SaveTarget } from "./save.ts";

/** Where results go: told of every event as it comes, and of the whole once no more will. */
export interface Sink {
  take(event: DiscoveryEvent): Promise<void>;
  finish(inventory: Inventory): Promise<void>;
}

/** Standard output: a stream as it is found, a document at the end. */
export function resultSink(format: OutputFormat, context: FormatContext, terminal: Terminal): Sink {
  return {
    async take(event) {
      const text = format.kind === "stream" ? format.format(event) : undefined;
      if (text !== undefined) await terminal.result(text);
    },
    async finish(inventory) {
      if (format.kind === "document") await terminal.result(await format.format(inventory, context));
    },
  };
}

/** A file, written whole at the end. */
export function fileSink(format: OutputFormat, target: SaveTarget): Sink {
  let streamed = "";
  return {
    async take(event) {
      if (format.kind === "stream") streamed += format.format(event) ?? "";
    },
    async finish(inventory) {
      const whole = format.kind === "document" ? await format.format(inventory, { color: false }) : streamed;
      (await import("./save.ts")).saveAtomically(target, whole);
    },
  };
}

/** Files first: they are safe before a reader of standard output can be slow. One that fails keeps no other back. */
export async function finishAll(files: readonly Sink[], result: Sink, inventory: Inventory): Promise<void> {
  const saved = await Promise.allSettled(files.map((file) => file.finish(inventory)));
  await result.finish(inventory);
  for (const outcome of saved) if (outcome.status === "rejected") throw outcome.reason;
}
