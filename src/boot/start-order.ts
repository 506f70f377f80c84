import type { BootedService } from "../model/boot.ts";
import { isUsable, missing } from "./result.ts";
import { type Session, type Task, keyOf, settle } from "./session.ts";

/** Whether a task's turn has come; a result where it never will. */
type Readiness = "ready" | "waiting" | BootedService;

/**
 * Starts tasks as soon as what they depend on is there, so many at once, until all are done or the boot is to end; `start`
 * never rejects. What depends on something that is not there is passed over.
 */
export async function startInOrder(
  tasks: readonly Task[],
  session: Session,
  start: (task: Task) => Promise<BootedService>,
): Promise<void> {
  const waiting = new Set(tasks);
  const running = new Set<Promise<void>>();
  const carryOut = async (task: Task): Promise<void> => {
    const result = await start(task);
    settle(session, result);
    if (task.required && !isUsable(result.status))
      session.end.fail(`${task.service} failed`, session.options.keep);
  };
  for (;;) {
    for (const task of begin(waiting, running.size, session)) {
      const run: Promise<void> = carryOut(task).finally(() => running.delete(run));
      running.add(run);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (session.end.reason !== undefined) return;
  for (const task of waiting)
    settle(session, missing(task, { summary: "what it depends on depends on it in turn" }));
}

/** Those whose turn has come, as many as there is room for; those that never can be are settled on the way. */
function begin(waiting: Set<Task>, busy: number, session: Session): Task[] {
  const ready: Task[] = [];
  for (let again = true; again;) {
    again = false;
    for (const task of waiting) {
      if (session.end.reason !== undefined || busy + ready.length >= session.options.concurrency)
        return ready;
      const readiness = readinessOf(task, session);
      if (readiness === "waiting") continue;
      waiting.delete(task);
      if (readiness === "ready") ready.push(task);
      else {
        settle(session, readiness);
        if (task.required) session.end.fail(`${task.service} cannot be had`, session.options.keep);
        again = true;
      }
    }
  }
  return ready;
}

/** One instance of what it depends on will do, once all are through. */
function readinessOf(task: Task, session: Session): Readiness {
  for (const name of task.requirement.dependsOn) {
    const results = session.tasks
      .filter(({ service }) => service === name)
      .map((one) => session.results.get(keyOf(one)));
    if (results.includes(undefined)) return "waiting";
    if (!results.some((result) => result !== undefined && isUsable(result.status)))
      return missing(task, { summary: `it needs ${name}, which is not there` });
  }
  return "ready";
}
