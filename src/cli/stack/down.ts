import { stopStack } from "../../boot-manager.ts";
import type { BootEvent } from "../../model/boot.ts";
import { DiscoverError } from "../../model/errors.ts";
import { downText } from "../../output/boot/boot-text.ts";
import { shown as quoted } from "../../targets/token.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { loadSettings } from "../settings/load.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { documentFormat, documentText, textContext } from "../terminal/plain-output.ts";
import { type Terminal, createTerminal } from "../terminal/terminal.ts";
import { tell } from "./boot.ts";
import { stackPlace } from "./load.ts";
import { fileOf } from "./session.ts";
import { userState } from "./state.ts";

const INTERRUPTED = "interrupted: what was told to end is waited for; once more leaves at once";

/**
 * Stops what boots of a stack have started. The stack file is not read: what is wrong with it by now, or that it is gone, keeps
 * nothing running. Throws `DiscoverError` for what the user can mend.
 */
export async function runDown(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const format = documentFormat(flags);
  let terminal: Terminal | undefined;
  const interrupt = listenForInterrupt(io, () => terminal?.note(INTERRUPTED));
  const { signal } = interrupt;
  try {
    const read = await loadSettings(invocation, signal);
    const shown = createTerminal(io, read);
    terminal = shown;
    const place = stackPlace(fileOf(invocation, "down"), io.cwd);
    const onEvent = (event: BootEvent): void => tell(event, shown);
    const report = await stopStack(place, { env: io.env, stateFolder: userState(io), signal, onEvent });
    if (report.services.length === 0 && !place.exists)
      throw new DiscoverError("file", `${quoted(place.file)} is not there, and nothing was started from it`);
    await terminal.result(
      format === "table" ? downText(report, textContext(io, read)) : await documentText(report, format),
    );
    const received = interrupt.received();
    if (received !== undefined) return interruptCode(received);
    return report.ok ? EXIT.complete : EXIT.expectationNotMet;
  } catch (error) {
    const received = interrupt.received();
    if (received === undefined) throw error;
    return interruptCode(received);
  } finally {
    interrupt.dispose();
  }
}
