import { BOOT_VERSION, type BootReport, type BootedService } from "../model/boot.ts";
import { DiscoverError } from "../model/errors.ts";
import type { Plan } from "../model/plan.ts";
import type { Stack } from "../model/stack.ts";
import { BootEnd } from "./boot-end.ts";
import { composeNeeds } from "./compose-needs.ts";
import { logTail } from "./log.ts";
import type { BootOptions } from "./options.ts";
import { inParallel } from "./pool.ts";
import { hasProcessTable } from "./process-table.ts";
import { reconcile } from "./reconcile.ts";
import { failureOf, isUsable, resultOf } from "./result.ts";
import { rollBack } from "./roll-back.ts";
import { type Session, keyOf, newSession, settle, unsettled } from "./session.ts";
import { lockStack } from "./stack-lock.ts";
import { startInOrder } from "./start-order.ts";
import { start } from "./start.ts";
import { State } from "./state.ts";
import { verify } from "./verify.ts";

/**
 * Carries out a plan on this machine: looks whether what it counts on is there, and if so starts the rest in the order in which
 * services depend on each other. Where something required cannot be had, nothing more is started, and what was is stopped
 * again. A service that fails is part of the report. Throws `bad-option` where the plan is another stack's, `file` where
 * the state folder cannot be used.
 */
export async function boot(stack: Stack, plan: Plan, options: BootOptions): Promise<BootReport> {
  if (plan.stackDigest !== stack.digest)
    throw new DiscoverError("bad-option", `the plan was made for another ${stack.file}: plan again`);
  const { clock } = options.tools;
  const [begun, startedAt] = [clock.monotonic(), new Date(clock.now()).toISOString()];
  const end = new BootEnd(options.signal, options.deadlineMs);
  const warnings: string[] = [];
  try {
    const services = await withLock(stack, plan, { options, end, warnings });
    return {
      schemaVersion: BOOT_VERSION,
      stack: stack.file,
      ok: services.every(({ required, status }) => !required || isUsable(status)) && end.reason === undefined,
      dryRun: options.dryRun ?? false,
      services,
      warnings,
      startedAt,
      durationMs: Math.round(clock.monotonic() - begun),
    };
  } finally {
    end.dispose();
  }
}

async function withLock(
  stack: Stack,
  plan: Plan,
  { options, end, warnings }: Pick<Session, "options" | "end" | "warnings">,
): Promise<BootedService[]> {
  const tell = (summary: string): void => options.onEvent?.({ event: "waiting", summary });
  const lock = await lockStack(options.folder, end.signal, tell).catch(whenOver(end));
  if (lock === undefined) return plan.decisions.map((decision) => notBegun(decision, end));
  try {
    const state = new State(options.folder, (warning) => warnings.push(warning));
    const session = newSession(stack, plan, { options, state, end, warnings });
    await carryOut(session);
    return session.tasks.flatMap((task) => session.results.get(keyOf(task)) ?? []);
  } finally {
    lock.release();
  }
}

/** What was given up since the boot is over is no error; anything else is. */
function whenOver(end: BootEnd): (error: unknown) => undefined {
  return (error) => {
    if (!end.signal.aborted) throw error;
    return undefined;
  };
}

function notBegun(decision: Plan["decisions"][number], end: BootEnd): BootedService {
  return resultOf(decision, { status: "skipped", summary: end.reason ?? "the boot was over" });
}

async function carryOut(session: Session): Promise<void> {
  const { end, options } = session;
  await prepare(session).catch(whenOver(end));
  if (end.reason === undefined) await verifyAll(session);
  if (end.reason === undefined && options.dryRun !== true)
    await startInOrder(unsettled(session), session, (task) => start(task, session));
  if (end.reason === undefined) checkStarted(session);
  for (const task of unsettled(session))
    settle(session, resultOf(task, { status: "skipped", ...passedOver(session) }));
  if (end.reason !== undefined && !options.keep) await rollBack(session);
}

/** What was well at first may have ended while others came up. */
function checkStarted(session: Session): void {
  for (const started of session.started) {
    const result = session.results.get(keyOf(started));
    if (result?.status !== "started" || !started.hasEnded()) continue;
    const summary = "it was well, and ended while others came up";
    const remedy = `see its log, ${result.log ?? "which there is none of"}`;
    settle(session, { ...result, status: "failed", summary, remedy, logTail: logTail(result.log) });
    if (result.required) session.end.fail(`${result.service} ended`, session.options.keep);
  }
}

function passedOver({ end }: Session): { summary: string } {
  return { summary: end.reason === undefined ? "it would be started" : `not started: ${end.reason}` };
}

/** Learns what earlier boots left, and whether the tools are there that this one needs. */
async function prepare(session: Session): Promise<void> {
  const { options, state, prefix, end, warnings } = session;
  const warn = (warning: string): void => void warnings.push(warning);
  if (!hasProcessTable()) warn("this system has no /proc: what was started is known by its process id alone");
  await reconcile({ state, options, prefix, signal: end.signal, warn });
  const named = new Set(session.tasks.map(keyOf));
  for (const record of state.records)
    if (!named.has(keyOf(record)))
      warn(
        `${record.service} was started by an earlier boot, and is no longer in the stack: discover down ends it`,
      );
  await composeNeeds(session);
}

async function verifyAll(session: Session): Promise<void> {
  const { clock } = session.options.tools;
  await inParallel(unsettled(session), session.options.concurrency, async (task) => {
    const begun = clock.monotonic();
    const result = await verify(task, session).catch((error: unknown) => failureOf(task, error, session));
    if (result !== undefined)
      settle(session, { ...result, durationMs: Math.round(clock.monotonic() - begun) });
  });
  const failed = session.tasks.find((task) => {
    const result = session.results.get(keyOf(task));
    return task.required && result !== undefined && !isUsable(result.status);
  });
  if (failed !== undefined) session.end.fail(`${failed.service} cannot be had`, session.options.keep);
}
