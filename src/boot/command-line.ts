import { resolve } from "node:path";

import type { StartSpec } from "../model/stack.ts";
import { fill } from "./fill.ts";
import { requireProgram } from "./program.ts";
import type { CommandRecord } from "./records.ts";
import type { Session } from "./session.ts";
import { PORTS_VARIABLE, TOKEN_VARIABLE } from "./token.ts";
import { valuesFor } from "./values.ts";

export type CommandSpec = Extract<StartSpec, { readonly kind: "command" }>;

/** How a program is started. */
export interface CommandLine {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
}

/** Values put in, and what the service is known by. Throws a `StartFault` where one is missing, or there is no such program. */
export function commandLine(
  { ports, token }: CommandRecord,
  spec: CommandSpec,
  session: Session,
): CommandLine {
  const values = valuesFor(session, ports);
  const argv = spec.argv.map((part) => fill(part, values));
  const own = Object.entries(spec.env).map(([name, value]) => [name, fill(value, values)]);
  const [port] = ports;
  const env = {
    ...session.options.env,
    ...(port === undefined ? {} : { PORT: String(port) }),
    ...Object.fromEntries(own),
    [TOKEN_VARIABLE]: token,
    [PORTS_VARIABLE]: ports.join(","),
  };
  const cwd = resolve(session.stack.folder, spec.cwd);
  requireProgram(argv[0] ?? "", cwd, env["PATH"]);
  return { argv, env, cwd };
}
