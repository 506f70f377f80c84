import { homedir } from "node:os";
import { addAbortSignal } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";

import { DiscoverError } from "../../model/errors.ts";
import type { HeldSignals } from "./held-signals.ts";
import type { Io, TextInput, TextOutput } from "./io.ts";
import { leave } from "./leave.ts";

/** The process as the command line sees it. */
export function processIo(signals: HeldSignals): Io {
  let stderr: TextOutput | undefined;
  return {
    stdout: textOutput(process.stdout),
    // Only opened where somebody needs them: that takes a while, and `--help` never does.
    get stderr() {
      return (stderr ??= textOutput(process.stderr));
    },
    get stdin() {
      return textInput(process.stdin);
    },
    env: process.env,
    get cwd() {
      return workingFolder();
    },
    get home() {
      return homeFolder();
    },
    discover: async (options) => (await import("../../discover.ts")).discover(options),
    async *watch(options) {
      yield* (await import("../../watch.ts")).watch(options);
    },
    async *selfTest(options) {
      yield* (await import("../../self-test.ts")).selfTest(options);
    },
    onInterrupt: (handler) => signals.listen(handler),
    leave,
    monotonic: () => performance.now(),
  };
}

/** Somebody may have taken it away under our feet: whoever does not need it never learns. Throws `file`. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new DiscoverError("file", "the working directory is gone: change to one that is there", { cause });
  }
}

/** Who is in no list of users has no home, and Node throws. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return "";
  }
}

function textOutput(stream: WriteStream): TextOutput {
  const closed = new AbortController();
  // Without a listener, a pipe that nobody reads any more would end the process with a stack.
  stream.on("error", (error) => closed.abort(error));
  return {
    isTTY: stream.isTTY ?? false,
    get columns() {
      // A terminal that was not told its size says 0.
      return stream.columns > 0 ? stream.columns : undefined;
    },
    get rows() {
      return stream.rows > 0 ? stream.rows : undefined;
    },
    write(text) {
      if (!closed.signal.aborted && text !== "") stream.write(text);
    },
    async flushed() {
      // The callback comes after those of all earlier writes, whether they went well or not.
      if (!closed.signal.aborted) await new Promise<void>((resolve) => stream.write("", () => resolve()));
    },
    closed: closed.signal,
  };
}

function textInput(stream: ReadStream): TextInput {
  return {
    isTTY: stream.isTTY ?? false,
    async *chunks(signal) {
      if (signal.aborted) return;
      stream.setEncoding("utf8");
      try {
        for await (const chunk of addAbortSignal(signal, stream)) yield String(chunk);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
