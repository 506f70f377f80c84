import { resolve } from "node:path";

import type { BootedService } from "../model/boot.ts";
import { LOCAL_HOST } from "../model/plan.ts";
import type { StartSpec } from "../model/stack.ts";
import { type Risen, awaitHealth } from "./await-health.ts";
import {
  type ComposeContext,
  type ComposeTarget,
  composeLog,
  composePorts,
  composeRuns,
  composeUp,
} from "./compose.ts";
import { StartFault } from "./fault.ts";
import { lastWords } from "./log.ts";
import type { ComposeRecord } from "./records.ts";
import { resultOf } from "./result.ts";
import { type Session, type Task, composeContext } from "./session.ts";
import { TOKEN_VARIABLE, makeToken } from "./token.ts";
import { undoCompose } from "./undo.ts";
import { LOOPBACK } from "./values.ts";
import { lookAt } from "./wanted.ts";

type ComposeSpec = Extract<StartSpec, { readonly kind: "compose" }>;

/** How often Compose is asked whether a container runs still, in milliseconds: it takes its time to answer. */
const ASK_EVERY_MS = 2_000;

/** What Compose is run for. */
export function targetOf(spec: ComposeSpec, program: readonly string[], session: Session): ComposeTarget {
  const { folder } = session.stack;
  const project = session.options.env["COMPOSE_PROJECT_NAME"] || null;
  return { program, project, folder, file: resolve(folder, spec.file), container: spec.service };
}

/** Has Compose start a service, and waits until it is well; one that ran before is adopted. Throws as `startCommand` does. */
export async function startCompose(task: Task, spec: ComposeSpec, session: Session): Promise<BootedService> {
  const program = session.composeProgram;
  if (program === undefined) throw new StartFault("there is no Docker Compose");
  const target = targetOf(spec, program, session);
  const context = composeContext(session);
  const ranBefore = await composeRuns(target, context);
  const ports = ranBefore
    ? await portsThere(target, task, context)
    : await startContainer(target, task, session);
  const risen = await riseContainer(target, ports, { task, session });
  const status = ranBefore ? "adopted" : "started";
  const before = ranBefore ? ", which ran before" : "";
  return { ...risen, status, summary: `compose service ${spec.service}${before}; ${risen.summary}` };
}

/** Resolves to its ports. */
async function startContainer(
  target: ComposeTarget,
  task: Task,
  session: Session,
): Promise<readonly number[]> {
  const { service, instance } = task;
  const { options, state, started, prefix } = session;
  const token = makeToken(prefix, task);
  const startedAt = new Date(options.tools.clock.now()).toISOString();
  const intent: ComposeRecord = {
    kind: "compose",
    service,
    instance,
    token,
    ports: portsOf(task),
    startedAt,
    ...target,
    isUp: false,
  };
  state.put(intent);
  started.push({
    service,
    instance,
    hasBegun: () => true,
    hasEnded: () => false,
    undo: () => undoCompose(intent, session),
  });
  options.onEvent?.({ event: "starting", service, instance, summary: `compose service ${target.container}` });
  const env = { ...options.env, [TOKEN_VARIABLE]: token };
  await composeUp(target, { env, signal: session.end.signal });
  const ports = await portsThere(target, task, composeContext(session));
  state.put({ ...intent, ports, isUp: true });
  return ports;
}

/**
 * Ports of this machine that lead to it. Its compose file decides, unless the stack does: what is usual for its type is only what was
 * planned on. Throws a `StartFault`.
 */
export async function portsThere(
  target: ComposeTarget,
  task: Task,
  context: ComposeContext,
): Promise<readonly number[]> {
  const planned = portsOf(task);
  if (task.requirement.ports?.kind === "fixed") return planned;
  const published = await composePorts(target, context);
  if (published.length === 0) return planned;
  const [usual] = planned.filter((port) => published.includes(port));
  return usual === undefined ? published : [usual, ...published.filter((port) => port !== usual)];
}

/** Ports that it should have, as far as stack and plan know. */
function portsOf({ requirement, port }: Task): readonly number[] {
  if (requirement.ports?.kind === "fixed") return requirement.ports.ports;
  return port === null ? [] : [port];
}

/** Waits until a container is well that Compose says runs; one without ports is asked nothing. Throws a `StartFault`. */
export async function riseContainer(
  target: ComposeTarget,
  ports: readonly number[],
  { task, session }: { task: Task; session: Session },
): Promise<BootedService> {
  const context = composeContext(session);
  const { clock } = session.options.tools;
  const [port] = ports;
  const risen = await awaitHealth(
    {
      look: port === undefined ? undefined : lookAt({ address: LOOPBACK, port }, task, session),
      ended: containerEnd(target, { context, now: () => clock.monotonic() }),
    },
    { timeoutMs: task.requirement.health.timeoutMs, clock, signal: session.end.signal },
  );
  if (risen.state !== "healthy") throw await faultOf(risen, { target, task, context });
  return resultOf(task, {
    status: "started",
    host: LOCAL_HOST,
    address: port === undefined ? null : LOOPBACK,
    port: port ?? null,
    url: risen.look?.url ?? null,
    summary: risen.look?.summary ?? "it runs, and publishes no port to be asked at",
  });
}

/** Asks now and then; in between nothing is known to have changed. */
function containerEnd(
  target: ComposeTarget,
  { context, now }: { context: ComposeContext; now: () => number },
): () => Promise<string | undefined> {
  let next = now() + ASK_EVERY_MS;
  return async () => {
    if (now() < next) return undefined;
    const runs = await composeRuns(target, context);
    next = now() + ASK_EVERY_MS;
    return runs ? undefined : "its container runs no more";
  };
}

async function faultOf(
  risen: Exclude<Risen, { state: "healthy" }>,
  { target, task, context }: { target: ComposeTarget; task: Task; context: ComposeContext },
): Promise<StartFault> {
  const tail = await composeLog(target, context);
  const seconds = task.requirement.health.timeoutMs / 1000;
  const late = `not well within ${seconds} s: ${risen.summary}`;
  const ended = `${risen.summary}${lastWords(tail)}`;
  return new StartFault(risen.state === "late" ? late : ended, {
    remedy: `see ${target.program.join(" ")} -f ${target.file} logs ${target.container}`,
    logTail: tail,
  });
}
