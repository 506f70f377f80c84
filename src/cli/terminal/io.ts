import type { DiscoverOptions, Discovery } from "../../model/options.ts";
import type { WatchEvent, WatchOptions } from "../../model/watch.ts";
import type { SelfTest } from "../../self-test.ts";

/** Where text goes: standard output or standard error. */
export interface TextOutput {
  readonly isTTY: boolean;
  /** Columns of the terminal; absent where there is none. */
  readonly columns: number | undefined;
  /** Its lines. */
  readonly rows: number | undefined;
  /** Puts text in the queue. Does nothing once nobody reads any more. */
  write(text: string): void;
  /** Resolves when all that was written has left, or cannot. */
  flushed(): Promise<void>;
  /** Fires when writing failed; its reason is the error, `EPIPE` where the reader left. */
  readonly closed: AbortSignal;
}

/** Where text comes from: standard input. */
export interface TextInput {
  readonly isTTY: boolean;
  /** Pieces as they come; ends without an error when `signal` fires. */
  chunks(signal: AbortSignal): AsyncIterable<string>;
}

export type InterruptSignal = "SIGINT" | "SIGTERM";

/** All that the command line has of the process it runs in. */
export interface Io {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly stdin: TextInput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly cwd: string;
  /** The home folder of who runs this; empty where there is none. */
  readonly home: string;
  readonly discover: (options: DiscoverOptions) => Promise<Discovery>;
  readonly watch: (options: WatchOptions) => AsyncIterable<WatchEvent>;
  readonly selfTest: (options: DiscoverOptions) => AsyncIterable<SelfTest>;
  /** Calls `handler` whenever somebody wants the process to end; the function it returns takes that back. */
  onInterrupt(handler: (signal: InterruptSignal) => void): () => void;
  /** Leaves at once, whatever is still to be done. */
  leave(code: number): void;
  /** Milliseconds since some fixed moment, never going back. */
  readonly monotonic: () => number;
}
