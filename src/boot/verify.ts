import { isThere } from "../disk/owner.ts";
import type { BootedService } from "../model/boot.ts";
import { LOCAL_HOST } from "../model/plan.ts";
import { awaitHealth } from "./await-health.ts";
import { StartFault } from "./fault.ts";
import { livingOwner } from "./heir.ts";
import { logTail } from "./log.ts";
import type { BootRecord, CommandRecord } from "./records.ts";
import { missing, resultOf } from "./result.ts";
import { type Session, type Task, composeContext, keyOf } from "./session.ts";
import { portsThere, riseContainer } from "./start-compose.ts";
import { LOOPBACK } from "./values.ts";
import { lookAt } from "./wanted.ts";

const AGAIN = "run discover boot again: what is there is looked at anew";

/**
 * Looks whether what the plan counts on is there; undefined for what is still to be started. Rejects with a `StartFault`,
 * or the reason of the boot's end.
 */
export async function verify(task: Task, session: Session): Promise<BootedService | undefined> {
  const record = session.state.records.findLast((one) => keyOf(one) === keyOf(task));
  switch (task.action) {
    case "blocked":
    case "unknown":
      return missing(task, { summary: task.reasons[0] ?? task.rule, remedy: task.remedy });
    case "adopt":
      return verifyThere(task, session);
    case "deploy":
      return session.options.tools.deployer === undefined ? verifyThere(task, session) : undefined;
    case "nothing":
    case "start":
      if (record !== undefined) return verifyOwn(record, task, session);
      return task.action === "start"
        ? undefined
        : missing(task, { summary: "it ran when the plan was made, and runs no more", remedy: AGAIN });
  }
}

/** What is not sonde's own: one look decides. */
async function verifyThere(task: Task, session: Session): Promise<BootedService> {
  const { address, port, action, host } = task;
  if (address === null || port === null)
    return missing(task, {
      summary: `where it would be on ${host ?? "that host"} is not known`,
      ...deployment(task),
    });
  const look = await lookAt({ address, port }, task, session)(session.end.signal);
  session.end.signal.throwIfAborted();
  if (look.state === "healthy") {
    const isRemote =
      action === "deploy" || (task.requirement.placement.kind === "remote" && host !== LOCAL_HOST);
    const status = isRemote ? "remote" : "adopted";
    return resultOf(task, { status, url: look.url ?? task.url, summary: look.summary });
  }
  if (action === "deploy")
    return missing(task, { summary: `it is not there: ${look.summary}`, ...deployment(task) });
  return missing(task, {
    summary: `it is not there any more as it was planned on: ${look.summary}`,
    remedy: AGAIN,
  });
}

function deployment({ host, service, action }: Task): { remedy: string } {
  if (action !== "deploy") return { remedy: AGAIN };
  return { remedy: `start ${service} on ${host ?? "its host"}: nothing is deployed to other hosts here` };
}

/** What an earlier boot started; one that was killed may have left it while it came up. */
async function verifyOwn(record: BootRecord, task: Task, session: Session): Promise<BootedService> {
  if (record.kind === "compose") {
    const ports = await portsThere(record, task, composeContext(session));
    // A boot that was killed did not come to ask.
    if (ports.join() !== record.ports.join()) session.state.put({ ...record, ports });
    const found = await riseContainer(record, ports, { task, session });
    const summary = `started by an earlier boot, compose service ${record.container}; ${found.summary}`;
    return { ...found, status: "adopted", summary };
  }
  return verifyProcess(record, task, session);
}

async function verifyProcess(record: CommandRecord, task: Task, session: Session): Promise<BootedService> {
  const [port] = record.ports;
  const risen = await awaitHealth(
    {
      look: port === undefined ? undefined : lookAt({ address: LOOPBACK, port }, task, session),
      ended: async () => (livingOwner(record) === undefined ? "it has ended" : undefined),
    },
    {
      timeoutMs: task.requirement.health.timeoutMs,
      isOneLook: session.options.dryRun === true,
      clock: session.options.tools.clock,
      signal: session.end.signal,
    },
  );
  const owner = livingOwner(record) ?? record.owner;
  const by = `started by an earlier boot, pid ${owner?.pid ?? "unknown"}`;
  if (risen.state !== "healthy")
    throw new StartFault(`${by}, and not well: ${risen.summary}`, {
      remedy: `${owner !== null && isThere(owner) ? "run discover down" : "see its log"}, then discover boot`,
      log: record.log,
      logTail: logTail(record.log),
    });
  return resultOf(task, {
    status: "adopted",
    host: LOCAL_HOST,
    address: port === undefined ? null : LOOPBACK,
    port: port ?? null,
    url: risen.look?.url ?? null,
    pid: owner?.pid ?? null,
    log: record.log,
    summary: `${by}; ${risen.look?.summary ?? "it runs"}`,
  });
}
