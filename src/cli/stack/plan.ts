import { DiscoverError } from "../../model/errors.ts";
import type { PlanVerdict } from "../../model/plan.ts";
import { planTable } from "../../output/plan/plan-table.ts";
import { shown } from "../../targets/token.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { type SaveTarget, checkSaveTarget, saveAtomically } from "../scan/save.ts";
import { SETTINGS } from "../settings/settings.ts";
import { resolve } from "../settings/sources.ts";
import { documentFormat, documentText, textContext } from "../terminal/plain-output.ts";
import { fileOf, withStack } from "./session.ts";

/** By what a plan comes to. */
export const VERDICT_EXIT: Readonly<Record<PlanVerdict, number>> = {
  nothing: EXIT.complete,
  changes: EXIT.changes,
  blocked: EXIT.expectationNotMet,
  unknown: EXIT.incomplete,
};

/** Plans, prints and saves, and resolves to the exit code. Throws `DiscoverError` for what the user can mend. */
export async function runPlan(invocation: Invocation): Promise<number> {
  const { io, flags } = invocation;
  const format = documentFormat(flags);
  const paths = resolve(SETTINGS.save, { flags, env: {}, file: undefined }).value;
  const call = { file: fileOf(invocation, "plan"), isFresh: paths.length > 0 };
  return withStack(invocation, call, async ({ manager, read, terminal, signal }) => {
    const targets = await Promise.all(paths.map((path) => planTarget(path, io.cwd)));
    const plan = await manager.plan();
    if (signal.aborted) return EXIT.incomplete;
    for (const { target, isJson } of targets)
      saveAtomically(target, await documentText(plan, isJson ? "json" : "yaml"));
    await terminal.result(
      format === "table" ? planTable(plan, textContext(io, read)) : await documentText(plan, format),
    );
    return VERDICT_EXIT[plan.verdict];
  });
}

interface PlanTarget {
  readonly target: SaveTarget;
  readonly isJson: boolean;
}

/** Throws `bad-option` for a file that no plan is read from, and `file` where nothing can be written. */
async function planTarget(path: string, cwd: string): Promise<PlanTarget> {
  const isJson = /\.json$/i.test(path);
  if (!isJson && !/\.ya?ml$/i.test(path))
    throw new DiscoverError("bad-option", `cannot save a plan to ${shown(path)}: name a .json or .yaml file`);
  return { target: await checkSaveTarget(path, cwd), isJson };
}
