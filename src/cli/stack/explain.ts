import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import { explainText } from "../../output/plan/explain-text.ts";
import { explain } from "../../plan/explain.ts";
import { shown } from "../../targets/token.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { FLAGS } from "../settings/flags.ts";
import { resolve } from "../settings/sources.ts";
import { documentFormat, documentText, textContext } from "../terminal/plain-output.ts";
import { VERDICT_EXIT } from "./plan.ts";
import { withStack } from "./session.ts";

/** Says of one service how its decision came about. Throws `DiscoverError` for what the user can mend. */
export async function runExplain(invocation: Invocation): Promise<number> {
  const { args, flags, io } = invocation;
  const [name, ...more] = args;
  if (name === undefined)
    throw new DiscoverError("bad-option", "explain which service? discover explain redis");
  if (more.length > 0)
    throw new DiscoverError(
      "bad-option",
      `one service at a time, not ${shown(args.join(" "))}; the stack file is named with --file`,
    );
  const format = documentFormat(flags);
  const file = resolve(FLAGS.file, { flags, env: io.env, file: undefined }).value;
  return withStack(
    invocation,
    { file, isFresh: true },
    async ({ stack, manager, read, terminal, signal }) => {
      const names = stack.services.map((service) => service.name);
      if (!names.includes(name))
        throw new DiscoverError(
          "bad-option",
          `${shown(stack.file)} has no service ${shown(name)}${suggestion(name, names) || `; it has ${names.map(shown).join(", ")}`}`,
        );
      const plan = await manager.plan();
      if (signal.aborted) return EXIT.incomplete;
      const chain = explain(plan, name);
      await terminal.result(
        format === "table"
          ? explainText(chain, textContext(io, read))
          : await documentText({ decisions: chain }, format),
      );
      return VERDICT_EXIT[plan.verdict];
    },
  );
}
