import { printable } from "../../output/printable.ts";
import { cut } from "../../output/table/display-width.ts";
import { duration } from "../../output/table/quantity.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import type { Io } from "../terminal/io.ts";
import { statusLine, wantsProgress } from "../terminal/progress.ts";

/** Where a wait prints. Lines are escaped: they hold what strangers sent. */
export interface WaitScreen {
  /** To standard output; nothing with `--quiet`. */
  result(line: string): void;
  /** To standard error; nothing with `--quiet`. */
  note(line: string): void;
  /** With `--debug`. */
  debug(line: string): void;
  /** What is still waited for, and why; on a terminal. */
  waiting(names: readonly string[], why: string): void;
  /** To standard output as it stands, whatever was asked for. */
  document(text: string): void;
  clear(): void;
}

/** `startedAt` as `Io.monotonic` has it. With `json`, lines on standard output are not wanted. */
export function createWaitScreen(
  io: Io,
  read: ReadSetting,
  {
    json,
    startedAt,
    timeoutMs,
  }: { readonly json: boolean; readonly startedAt: number; readonly timeoutMs: number },
): WaitScreen {
  const quiet = read(SETTINGS.quiet).value;
  const debugging = read(SETTINGS.debug).value;
  const watched = !quiet && read(SETTINGS.progress).value && wantsProgress(io);
  const status = statusLine(io);
  const say = (to: "stdout" | "stderr", line: string): void => {
    status.clear();
    io[to].write(`${printable(line)}\n`);
  };
  return {
    result: (line) => void (quiet || json || say("stdout", line)),
    note: (line) => void (quiet || say("stderr", line)),
    debug: (line) => void (debugging && say("stderr", `debug: ${line}`)),
    waiting(names, why) {
      if (!watched) return;
      const time = `${duration(io.monotonic() - startedAt)} of ${duration(timeoutMs)}`;
      status.update((width) => cut(printable(`waiting for ${names.join(", ")} · ${time} · ${why}`), width));
    },
    document(text) {
      status.clear();
      io.stdout.write(text);
    },
    clear: () => status.clear(),
  };
}
