import type { BootStatus, BootedService } from "../model/boot.ts";
import { messageOf } from "../model/error-code.ts";
import type { Decision } from "../model/plan.ts";
import { StartFault } from "./fault.ts";
import type { Session, Task } from "./session.ts";

type Outcome = Pick<BootedService, "status" | "summary"> & Partial<BootedService>;

/** What became of a decision; what is not said is as the plan has it, and nothing of sonde's own. */
export function resultOf(decision: Decision, outcome: Outcome): BootedService {
  const { service, instance, type, required, host, address, port, url } = decision;
  return {
    service,
    instance,
    type,
    required,
    host,
    address,
    port,
    url,
    pid: null,
    log: null,
    remedy: null,
    logTail: [],
    rolledBack: false,
    durationMs: 0,
    ...outcome,
  };
}

/** A service that cannot be had: a failure where it is required, passed over where it is not. */
export function missing(task: Task, outcome: Omit<Outcome, "status">): BootedService {
  return resultOf(task, { status: task.required ? "failed" : "skipped", ...outcome });
}

/** What an error comes to: a failure, or nothing done where the boot was over. */
export function failureOf(task: Task, error: unknown, { end }: Session): BootedService {
  if (end.signal.aborted && !(error instanceof StartFault))
    return resultOf(task, {
      status: "skipped",
      summary: `not waited for: ${end.reason ?? "the boot was over"}`,
    });
  const facts = error instanceof StartFault ? error.facts : {};
  return resultOf(task, { status: "failed", summary: messageOf(error), ...facts });
}

export function isUsable(status: BootStatus): boolean {
  return status === "started" || status === "adopted" || status === "remote";
}
