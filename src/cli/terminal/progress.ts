import type { Coverage } from "../../model/outcome.ts";
import { cut } from "../../output/table/display-width.ts";
import { count, counted, duration } from "../../output/table/quantity.ts";
import type { Io } from "./io.ts";

/** How far a run is. */
export interface Progress {
  readonly coverage: Coverage;
  readonly elapsedMs: number;
  readonly services: number;
}

/** No more than ten lines a second: faster is not seen, and slows a remote terminal down. */
const INTERVAL_MS = 100;
/** Erases from the cursor to the end of the line (ECMA-48, section 8.3.41). */
const ERASE = "\u001B[K";

/** `1,240 of 65,535 probes · 1% · 6,200/s · 10.4 s left · 3 services`, at most `width` columns of it. */
export function progressText({ coverage, elapsedMs, services }: Progress, width: number): string {
  const { probes, unprobed } = coverage;
  const done = probes - unprobed;
  const perSecond = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const parts = [
    `${count(done)} of ${counted(probes, "probe")}`,
    probes > 0 && `${Math.floor((done / probes) * 100)}%`,
    perSecond >= 1 && `${count(Math.round(perSecond))}/s`,
    unprobed > 0 && perSecond > 0 && `${duration((unprobed / perSecond) * 1000)} left`,
    counted(services, "service"),
  ];
  return cut(parts.filter((part) => part !== false).join(" · "), width);
}

/** One line on standard error that is rewritten as the run goes on. */
export interface ProgressLine {
  update(progress: Progress): void;
  /** Takes the line away, so that something else can be printed. */
  clear(): void;
}

export function progressLine(io: Pick<Io, "stderr" | "monotonic">): ProgressLine {
  const line = statusLine(io);
  return {
    update: (progress) => line.update((width) => progressText(progress, width)),
    clear: () => line.clear(),
  };
}

/** The same for any text, of which there is room for `width` columns. */
export interface StatusLine {
  update(text: (width: number) => string): void;
  clear(): void;
}

export function statusLine({ stderr, monotonic }: Pick<Io, "stderr" | "monotonic">): StatusLine {
  let shown = false;
  let drawnAt = -Infinity;
  return {
    update(text) {
      if (monotonic() - drawnAt < INTERVAL_MS) return;
      drawnAt = monotonic();
      shown = true;
      // The last column is left free: some terminals wrap as soon as it is taken.
      stderr.write(`\r${text((stderr.columns ?? 80) - 1)}${ERASE}`);
    },
    clear() {
      if (shown) stderr.write(`\r${ERASE}`);
      shown = false;
    },
  };
}

/** Whether a progress line is welcome: a terminal that can rewrite a line, and nobody's log. */
export function wantsProgress({ stderr, env }: Pick<Io, "stderr" | "env">): boolean {
  const ci = env["CI"] ?? "";
  return stderr.isTTY && env["TERM"] !== "dumb" && (ci === "" || ci === "false");
}
