import type { BootEvent, BootReport } from "../../model/boot.ts";
import type { Plan } from "../../model/plan.ts";
import { bootText, instanceName } from "../../output/boot/boot-text.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { FLAGS } from "../settings/flags.ts";
import { resolve } from "../settings/sources.ts";
import { documentFormat, documentText, textContext } from "../terminal/plain-output.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { VERDICT_EXIT } from "./plan.ts";
import { readSavedPlan, requireSame } from "./saved-plan.ts";
import { fileOf, withStack } from "./session.ts";

/** Brings a stack up, and resolves to the exit code. Throws `DiscoverError` for what the user can mend. */
export async function runBoot(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const format = documentFormat(flags);
  const typed = { flags, env: io.env, file: undefined };
  const [dryRun, keep, path] = [
    resolve(FLAGS.dryRun, typed).value,
    resolve(FLAGS.keep, typed).value,
    resolve(FLAGS.plan, typed).value,
  ];
  const call = { file: fileOf(invocation, "boot"), isFresh: path !== undefined };
  return withStack(invocation, call, async ({ stack, manager, read, terminal, signal }) => {
    const saved = path === undefined ? undefined : await readSavedPlan(path, io.cwd, signal);
    const plan = await manager.plan(saved?.decisions);
    if (signal.aborted) return EXIT.incomplete;
    if (saved !== undefined) requireSame(saved, plan, stack);
    for (const warning of plan.warnings) terminal.note(`warning: ${warning}`);
    const onEvent = (event: BootEvent): void => tell(event, terminal);
    const report = await manager.startServices({ dryRun, keep, onEvent });
    await terminal.result(
      format === "table" ? bootText(report, textContext(io, read)) : await documentText(report, format),
    );
    return codeOf(plan, report);
  });
}

/** Where nothing could be begun the plan says why not; otherwise what became of it counts. */
function codeOf(plan: Plan, { ok, dryRun }: BootReport): number {
  if (dryRun || plan.verdict === "unknown" || plan.verdict === "blocked") return VERDICT_EXIT[plan.verdict];
  return ok ? EXIT.complete : EXIT.expectationNotMet;
}

/** Says what is under way; a service that is one of several, by its number, too. */
export function tell(event: BootEvent, terminal: Terminal): void {
  switch (event.event) {
    case "done":
      return terminal.debug(`${instanceName(event.result)}: ${event.result.summary}`);
    case "warning":
      return terminal.note(`warning: ${event.summary}`);
    case "waiting":
      return terminal.note(event.summary);
    case "starting":
    case "stopping":
      return terminal.note(`${event.event} ${instanceName(event)}: ${event.summary}`);
  }
}
