import { printable } from "../output/printable.ts";
import type { Invocation } from "./command.ts";
import { loadConfigFile } from "./config-file.ts";
import { cellText, configReport } from "./config-report.ts";
import { EXIT } from "./exit-code.ts";
import { tableText, wantsJson } from "./plain-output.ts";
import { refuseArguments } from "./refuse-arguments.ts";
import { SETTINGS } from "./settings.ts";
import { resolve, unknownVariables } from "./sources.ts";

/** Prints every setting, its value and its origin. Throws `DiscoverError` for what is not right with them. */
export async function runConfig({ args, flags, io }: Invocation): Promise<number> {
  refuseArguments("config", args);
  const json = wantsJson(flags);
  const named = resolve(SETTINGS.config, { flags, env: io.env, file: undefined }).value;
  const file = await loadConfigFile(named, io.cwd);
  const rows = configReport({ flags, env: io.env, file });
  for (const line of unknownVariables(io.env)) io.stderr.write(`warning: ${line}\n`);
  const cells = rows.map(({ key, value, origin }) => [key, cellText(value), origin].map(printable));
  io.stdout.write(
    json
      ? `${JSON.stringify({ settings: rows }, null, 2)}\n`
      : tableText([["SETTING", "VALUE", "ORIGIN"], ...cells], io),
  );
  return EXIT.complete;
}
