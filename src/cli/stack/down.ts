import { downText } from "../../output/boot/boot-text.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { documentFormat, documentText, textContext } from "../terminal/plain-output.ts";
import { fileOf, withStack } from "./session.ts";

/** Stops what boots of a stack have started. Throws `DiscoverError` for what the user can mend. */
export async function runDown(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const format = documentFormat(flags);
  return withStack(invocation, fileOf(invocation, "down"), async ({ manager, read, terminal }) => {
    const report = await manager.stopServices();
    await terminal.result(
      format === "table" ? downText(report, textContext(io, read)) : await documentText(report, format),
    );
    return report.ok ? EXIT.complete : EXIT.expectationNotMet;
  });
}
