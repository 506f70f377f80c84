import { messageOf } from "../model/error-code.ts";
import { keyOf, type Session, type Started } from "./session.ts";

/** Stops what this boot started, the last first. Never rejects. */
export async function rollBack(session: Session): Promise<void> {
  for (const started of session.started.splice(0).toReversed()) await takeBack(started, session);
}

/** Stops one thing that this boot started, and says so in its result, if there is one yet. */
export async function takeBack(started: Started, session: Session): Promise<void> {
  const { service, instance } = started;
  const hadBegun = started.hasBegun();
  const reason = session.end.reason ?? "it did not come up";
  if (hadBegun) session.options.onEvent?.({ event: "stopping", service, instance, summary: reason });
  const fault = await started.undo().catch(messageOf);
  if (fault !== undefined) session.warnings.push(`${service} was not stopped again: ${fault}`);
  const key = keyOf(started);
  const result = session.results.get(key);
  if (!hadBegun || result === undefined || fault !== undefined) return;
  const isStarted = result.status === "started" || result.status === "remote";
  session.results.set(key, {
    ...result,
    status: isStarted ? "skipped" : result.status,
    summary: isStarted ? `it was started, and stopped again: ${reason}` : result.summary,
    pid: null,
    rolledBack: true,
  });
}
