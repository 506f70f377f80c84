import type { DiscoveryEvent } from "./event.ts";
import type { Inventory } from "./inventory.ts";

/** What a format may know of the place where its text will stand. */
export interface FormatContext {
  /** Columns of the terminal; absent where there is none. */
  readonly width?: number;
  readonly color: boolean;
}

/** A document format: the whole inventory at the end. Text in, nothing written. */
export interface DocumentFormat {
  readonly kind: "document";
  readonly name: string;
  readonly summary: string;
  /** File name extensions without the dot; `--save` goes by them. */
  readonly extensions: readonly string[];
  format(inventory: Inventory, context: FormatContext): string | Promise<string>;
}

/** A stream format: text for each event as it happens, or nothing. */
export interface StreamFormat {
  readonly kind: "stream";
  readonly name: string;
  readonly summary: string;
  readonly extensions: readonly string[];
  format(event: DiscoveryEvent): string | undefined;
}

export type OutputFormat = DocumentFormat | StreamFormat;
