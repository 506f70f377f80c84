import type { Lock } from "../disk/lock.ts";
import { type BootEvent, DOWN_VERSION, type DownReport, type StoppedService } from "../model/boot.ts";
import { errorCode, fileFault } from "../model/error-code.ts";
import type { BootOptions } from "./options.ts";
import { reconcileForDown } from "./reconcile.ts";
import type { BootRecord } from "./records.ts";
import { lockStack } from "./stack-lock.ts";
import { State } from "./state.ts";
import { tokenPrefix } from "./token.ts";
import { type UndoContext, stopCommand, undoCompose } from "./undo.ts";

export interface DownOptions extends Pick<BootOptions, "portsFolder" | "env" | "graceMs" | "signal"> {
  readonly onEvent?: (event: BootEvent) => void;
}

/**
 * Stops what boots of a stack started, the last first, and nothing else. What it did not come to when `signal` fires is
 * left as it is, and stays on record. Rejects with the reason of `signal` while it waits for the stack's lock.
 */
export async function down(folder: string, options: DownOptions): Promise<DownReport> {
  const { signal, onEvent } = options;
  const warnings: string[] = [];
  const warn = (warning: string): void => void warnings.push(warning);
  const lock = await lockStack(folder, signal, (summary) => onEvent?.({ event: "waiting", summary })).catch(
    (error: unknown) => withoutLock(error, warn),
  );
  try {
    const state = new State(folder, warn);
    await reconcileForDown({ state, prefix: tokenPrefix(folder), signal }).catch((error: unknown) =>
      whenFull(error, warn),
    );
    const count = state.records.length;
    const services = await stopAll({ state, options }, options);
    const ok = services.length === count && services.every(({ status }) => status !== "failed");
    return { schemaVersion: DOWN_VERSION, ok, services, warnings };
  } finally {
    lock.release();
  }
}

/** What file systems say that take nothing more. */
const FULL: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT", "EROFS"]);

/** What runs can be ended where nothing can be written: it may well be what has filled the disk. */
function withoutLock(error: unknown, warn: (warning: string) => void): Lock {
  whenFull(error, warn);
  return { release: () => {} };
}

function whenFull(error: unknown, warn: (warning: string) => void): void {
  if (!FULL.has(errorCode(error))) throw error;
  warn(`nothing can be written down: ${fileFault(error)}`);
}

async function stopAll(context: UndoContext, { signal, onEvent }: DownOptions): Promise<StoppedService[]> {
  const stopped: StoppedService[] = [];
  for (const record of context.state.records.toReversed()) {
    if (signal.aborted) break;
    const { service, instance } = record;
    const by = record.kind === "command" ? processText(record) : `compose service ${record.container}`;
    onEvent?.({ event: "stopping", service, instance, summary: by });
    const { status, summary } = await stop(record, context);
    stopped.push({ service, instance, status, summary: `${by}${summary}` });
  }
  return stopped;
}

function processText({ owner }: Extract<BootRecord, { kind: "command" }>): string {
  return owner === null ? "a start that came to nothing" : `pid ${owner.pid}`;
}

async function stop(
  record: BootRecord,
  context: UndoContext,
): Promise<Pick<StoppedService, "status" | "summary">> {
  if (record.kind === "compose") {
    const fault = await undoCompose(record, context);
    return fault === undefined
      ? { status: "stopped", summary: " was stopped and taken away" }
      : { status: "failed", summary: `: ${fault}` };
  }
  const stopped = await stopCommand(record, context);
  switch (stopped.status) {
    case "stopped":
      return { status: "stopped", summary: stopped.bySignal === "SIGTERM" ? " ended" : " had to be killed" };
    case "gone":
      return { status: "gone", summary: record.owner === null ? "" : " ran no more" };
    case "failed":
      return { status: "failed", summary: ` would not end: ${stopped.pids.join(", ")} still there` };
  }
}
