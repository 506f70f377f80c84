import { printable } from "../../output/printable.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import type { Io } from "./io.ts";
import { progressLine, wantsProgress } from "./progress.ts";
import type { Progress } from "./progress.ts";

/** Where a command prints. Each line but results is escaped: it may hold what a stranger sent. */
export interface Terminal {
  /** To standard output, as it stands; resolves when it has left, so that a slow reader slows the run. */
  result(text: string): Promise<void>;
  /** One line for who watches; nothing with `--quiet`. */
  note(line: string): void;
  /** One line that is printed whatever was asked for. */
  error(line: string): void;
  /** One line with `--debug`, `--quiet` or not: who asks for both wants these alone. */
  debug(line: string): void;
  progress(progress: Progress): void;
  /** Takes the progress line away. */
  clear(): void;
}

export function createTerminal(io: Io, read: ReadSetting): Terminal {
  const quiet = read(SETTINGS.quiet).value;
  const debugging = read(SETTINGS.debug).value;
  const watched = !quiet && read(SETTINGS.progress).value && wantsProgress(io);
  const bar = progressLine(io);
  const say = (line: string): void => {
    bar.clear();
    io.stderr.write(`${printable(line)}\n`);
  };
  return {
    async result(text) {
      bar.clear();
      io.stdout.write(text);
      await io.stdout.flushed();
    },
    note: (line) => void (quiet || say(line)),
    error: say,
    debug: (line) => void (debugging && say(`debug: ${line}`)),
    progress: (progress) => void (watched && bar.update(progress)),
    clear: () => bar.clear(),
  };
}
