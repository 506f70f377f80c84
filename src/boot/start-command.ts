import { closeSync } from "node:fs";

import type { BootedService } from "../model/boot.ts";
import { LOCAL_HOST } from "../model/plan.ts";
import type { PortChoice } from "../model/stack.ts";
import { type Risen, awaitHealth } from "./await-health.ts";
import { type CommandSpec, commandLine } from "./command-line.ts";
import { StartFault } from "./fault.ts";
import { livingOwner } from "./heir.ts";
import { type Exit, type Launched, launch } from "./launch.ts";
import { handOver } from "./leases.ts";
import { lastWordsOf, logTail, openLog } from "./log.ts";
import { choosePorts } from "./ports.ts";
import type { CommandRecord } from "./records.ts";
import { resultOf } from "./result.ts";
import type { Session, Task } from "./session.ts";
import { makeToken, markOf } from "./token.ts";
import { undoCommand } from "./undo.ts";
import { LOOPBACK } from "./values.ts";
import { lookAt } from "./wanted.ts";

/** What is written down of a service at the moment, for who waits for it and for who undoes it. */
interface Current {
  record: CommandRecord;
}

/** Starts a service as a process, and waits until it is well. Throws a `StartFault`, or the reason of the boot's end. */
export async function startCommand(task: Task, spec: CommandSpec, session: Session): Promise<BootedService> {
  const token = makeToken(session.prefix, task);
  const choice = choiceOf(task);
  const context = { folder: session.options.portsFolder, token, signal: session.end.signal };
  const chosen = choice === undefined ? { ports: [], note: null } : await choosePorts(choice, context);
  const current: Current = { record: intentOf(task, { token, ports: chosen.ports }, session) };
  session.started.push({
    service: task.service,
    instance: task.instance,
    hasBegun: () => current.record.owner !== null,
    hasEnded: () => livingOwner(current.record) === undefined,
    undo: () => undoCommand(current.record, session),
  });
  const launched = await startProcess(current, spec, session);
  tellOf(current.record, chosen.note, session);
  const risen = await riseOf({ current, launched }, task, session);
  return startedResult(task, current.record, { risen, note: chosen.note });
}

function intentOf(
  { service, instance }: Task,
  { token, ports }: Pick<CommandRecord, "token" | "ports">,
  { options }: Session,
): CommandRecord {
  const startedAt = new Date(options.tools.clock.now()).toISOString();
  return { kind: "command", service, instance, token, ports, startedAt, owner: null, log: null };
}

/** Those of the stack; where it names none, the one that the plan has in mind; undefined: it has no port. */
function choiceOf({ requirement, port }: Task): PortChoice | undefined {
  return requirement.ports ?? (port === null ? undefined : { kind: "fixed", ports: [port] });
}

/** What is written down is on the disk before the program runs: see `launch`. */
async function startProcess(current: Current, spec: CommandSpec, session: Session): Promise<Launched> {
  const { argv, env, cwd } = commandLine(current.record, spec, session);
  const log = openLog(session.options.folder, current.record);
  try {
    note(current, { log: log.path }, session);
    const launched = await launch(argv, {
      cwd,
      env,
      output: log.descriptor,
      mark: markOf(current.record.token),
    });
    try {
      if (launched.owner !== undefined) note(current, { owner: launched.owner }, session);
      session.end.signal.throwIfAborted();
      launched.release();
      return launched;
    } catch (error) {
      launched.dismiss();
      throw error;
    }
  } finally {
    closeSync(log.descriptor);
  }
}

/** Writes down what was learned; the leases go with the process. */
function note(current: Current, learned: Partial<CommandRecord>, { state, options }: Session): void {
  const record = (current.record = { ...current.record, ...learned });
  state.put(record);
  const { owner, ports, token } = record;
  if (owner !== null) handOver(ports, owner, { folder: options.portsFolder, token });
}

function tellOf(record: CommandRecord, note: string | null, { options }: Session): void {
  const { service, instance, owner, ports, log } = record;
  const where = ports.length === 0 ? [] : [`port ${ports.join(", ")}`];
  const summary = [
    `pid ${owner?.pid ?? "?"}`,
    ...where,
    ...(note === null ? [] : [note]),
    `log ${log ?? "none"}`,
  ];
  options.onEvent?.({ event: "starting", service, instance, summary: summary.join("; ") });
}

interface Process {
  readonly current: Current;
  readonly launched: Launched;
}

async function riseOf(
  process: Process,
  task: Task,
  session: Session,
): Promise<Extract<Risen, { state: "healthy" }>> {
  const { clock } = session.options.tools;
  const [port] = process.current.record.ports;
  const begun = clock.monotonic();
  const risen = await awaitHealth(
    {
      look: port === undefined ? undefined : lookAt({ address: LOOPBACK, port }, task, session),
      ended: async () => endOf(process, { session, forMs: clock.monotonic() - begun }),
      mayHaveEnded: process.launched.ended,
    },
    { timeoutMs: task.requirement.health.timeoutMs, clock, signal: session.end.signal },
  );
  if (risen.state === "healthy") return risen;
  const { log } = process.current.record;
  const seconds = task.requirement.health.timeoutMs / 1000;
  const summary = risen.state === "ended" ? risen.summary : `not well within ${seconds} s: ${risen.summary}`;
  const where = port === undefined ? {} : { address: LOOPBACK, port };
  const remedy = remedyFor(risen.state, log);
  throw new StartFault(summary, { ...where, remedy, log, logTail: logTail(log) });
}

function remedyFor(state: "ended" | "late", log: string | null): string {
  const see = `see its log, ${log ?? "which there is none of"}`;
  return state === "ended" ? see : `${see}; or give it longer, health.timeout`;
}

/** Why it runs no more; undefined while it does, in itself or in a daemon that it left behind. */
function endOf(
  { current, launched }: Process,
  { session, forMs }: { session: Session; forMs: number },
): string | undefined {
  const exit = launched.exit();
  if (exit === undefined) return undefined;
  const { record } = current;
  if (exit.code === 0) {
    const owner = livingOwner(record);
    // The daemon is what is recorded from now on.
    if (owner !== undefined && owner !== record.owner) note(current, { owner }, session);
    if (owner !== undefined) return undefined;
  }
  return `${exitText(exit)} after ${(forMs / 1000).toFixed(1)} s${lastWordsOf(record.log)}`;
}

function exitText({ code, signal }: Exit): string {
  return signal === null ? `exited with status ${code ?? "unknown"}` : `was ended by ${signal}`;
}

function startedResult(
  task: Task,
  record: CommandRecord,
  { risen, note }: { risen: Extract<Risen, { state: "healthy" }>; note: string | null },
): BootedService {
  const pid = record.owner?.pid ?? null;
  const [port = null] = record.ports;
  const seen = risen.look?.summary ?? "it runs, and has no port to be asked at";
  return resultOf(task, {
    status: "started",
    host: LOCAL_HOST,
    address: port === null ? null : LOOPBACK,
    port,
    url: risen.look?.url ?? null,
    pid,
    log: record.log,
    summary: [`pid ${pid ?? "unknown"}`, ...(note === null ? [] : [note]), seen].join("; "),
  });
}
