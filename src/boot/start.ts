import type { BootedService } from "../model/boot.ts";
import { StartFault } from "./fault.ts";
import { failureOf, isUsable, resultOf } from "./result.ts";
import { takeBack } from "./roll-back.ts";
import { type Session, type Task, keyOf } from "./session.ts";
import { startCommand } from "./start-command.ts";
import { startCompose } from "./start-compose.ts";
import type { Deployer } from "./tools.ts";

/** Starts a service, and stops it again where it is optional and does not come up. Never rejects. */
export async function start(task: Task, session: Session): Promise<BootedService> {
  const { clock } = session.options.tools;
  const begun = clock.monotonic();
  const result = await attempt(task, session).catch((error: unknown) => failureOf(task, error, session));
  const timed = { ...result, durationMs: Math.round(clock.monotonic() - begun) };
  return isUsable(timed.status) ? timed : tidied(task, timed, session);
}

/** What has not begun is put away in any case; the rest of what is required is the whole boot's to roll back. */
async function tidied(task: Task, result: BootedService, session: Session): Promise<BootedService> {
  const started = session.started.find((one) => keyOf(one) === keyOf(task));
  if (started === undefined) return result;
  if (started.hasBegun() && (task.required || session.options.keep)) return result;
  session.started.splice(session.started.indexOf(started), 1);
  session.results.set(keyOf(task), result);
  await takeBack(started, session);
  return session.results.get(keyOf(task)) ?? result;
}

async function attempt(task: Task, session: Session): Promise<BootedService> {
  const { deployer } = session.options.tools;
  if (task.action === "deploy" && deployer !== undefined) return deploy(task, deployer, session);
  const spec = task.requirement.start;
  if (spec === undefined)
    throw new StartFault("how it is started is not known", {
      remedy: `say it in the stack file: services.${task.service}.start`,
    });
  return spec.kind === "command" ? startCommand(task, spec, session) : startCompose(task, spec, session);
}

async function deploy(task: Task, deployer: Deployer, session: Session): Promise<BootedService> {
  const { requirement, service, instance } = task;
  session.options.onEvent?.({
    event: "starting",
    service,
    instance,
    summary: `on ${task.host ?? "its host"}`,
  });
  const deployed = await deployer.deploy(task, requirement, session.end.signal);
  session.started.push({
    service,
    instance,
    hasBegun: () => true,
    hasEnded: () => false,
    undo: () =>
      deployer.remove(task, requirement, new AbortController().signal).then(
        () => undefined,
        (error: unknown) => String(error),
      ),
  });
  return resultOf(task, { status: "remote", ...deployed });
}
