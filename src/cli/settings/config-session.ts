import { printable } from "../../output/printable.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { refuseArguments } from "../refuse-arguments.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { Interrupt } from "../terminal/interrupt.ts";
import { tableText, wantsJson } from "../terminal/plain-output.ts";
import { cellText, configReport } from "./config-report.ts";
import { loadSources } from "./load.ts";
import { unknownVariables } from "./sources.ts";

/** Prints every setting, its value and its origin. Throws `DiscoverError` for what is not right with them. */
export async function runConfig(invocation: Invocation): Promise<number> {
  const interrupt = listenForInterrupt(invocation.io, () => {});
  const ended = (): number | undefined => {
    const signal = interrupt.received();
    return signal === undefined ? undefined : interruptCode(signal);
  };
  try {
    await report(invocation, interrupt);
    return ended() ?? EXIT.complete;
  } catch (error) {
    const code = ended();
    if (code === undefined) throw error;
    return code;
  } finally {
    interrupt.dispose();
  }
}

async function report({ args, flags, io }: Invocation, { signal }: Interrupt): Promise<void> {
  refuseArguments("config", args);
  const json = wantsJson(flags);
  const rows = configReport(await loadSources({ flags, io }, signal));
  for (const line of unknownVariables(io.env)) io.stderr.write(`warning: ${line}\n`);
  const cells = rows.map(({ key, value, origin }) => [key, cellText(value), origin].map(printable));
  io.stdout.write(
    json
      ? `${JSON.stringify({ settings: rows }, null, 2)}\n`
      : tableText([["SETTING", "VALUE", "ORIGIN"], ...cells], io),
  );
}
