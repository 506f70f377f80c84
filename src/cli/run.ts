import { errorCode, fileFault, messageOf } from "../model/error-code.ts";
import { DiscoverError } from "../model/errors.ts";
import { suggestion } from "../model/nearest.ts";
import { shown } from "../targets/token.ts";
import { type Words, readArguments } from "./argv.ts";
import { COMMANDS } from "./commands/index.ts";
import { EXIT } from "./exit-code.ts";
import { parseToggle } from "./settings/kinds.ts";
import type { Io } from "./terminal/io.ts";

const COMMAND_NAMES = COMMANDS.map(({ name }) => name).filter((name) => name !== "");

/** Does what `argv` (without node and script) asks for, and resolves to the exit code once all is printed. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number;
  try {
    code = await perform(argv, io);
  } catch (error) {
    code = report(error, argv, io);
  }
  await io.stdout.flushed();
  const closed = io.stdout.closed;
  if (closed.aborted) code = reportClosed(closed.reason, code, io);
  await io.stderr.flushed();
  return code;
}

async function perform(argv: readonly string[], io: Io): Promise<number> {
  const words = readArguments(argv);
  const asked =
    words.flags.find(({ flag }) => flag === "help" || flag === "version")?.flag ?? spelledOut(words);
  if (asked !== undefined) {
    // Without cac: these are asked for by people who wait, and by scripts that only want to know what is there.
    io.stdout.write(asked === "help" ? await helpOn(words) : await versionLine());
    return EXIT.complete;
  }
  const { readRequest } = await import("./program.ts");
  const { command, args, flags } = readRequest(words);
  return (await command.load()).default.run({ args, flags, io, commands: COMMAND_NAMES });
}

/** `discover help` and `discover version`, as other programs have them: no host is called so. */
function spelledOut({ positionals: [word] }: Words): "help" | "version" | undefined {
  return word === "help" || word === "version" ? word : undefined;
}

/** Throws `bad-option` for `discover help nope`; in `discover nope --help` the word may well be a target. */
async function helpOn({ positionals }: Words): Promise<string> {
  const word = positionals.find((one) => one !== "help") ?? "";
  const named = COMMANDS.find(({ name }) => name === word);
  if (named === undefined && positionals[0] === "help") {
    const near = suggestion(word, COMMAND_NAMES) || `; known are ${COMMAND_NAMES.join(", ")}`;
    throw new DiscoverError("bad-option", `no such command ${shown(word)}${near}`);
  }
  const row = named ?? COMMANDS[0];
  if (row === undefined) throw new Error("there are no commands");
  const [{ helpText }, { default: command }] = await Promise.all([import("./help.ts"), row.load()]);
  return helpText(row, command, COMMANDS);
}

async function versionLine(): Promise<string> {
  const { packageVersion } = await import("./version.ts");
  return `discover ${packageVersion()}\n`;
}

/** One line for what the user can mend, one for what we must; the stack with `--debug`. */
function report(error: unknown, argv: readonly string[], io: Io): number {
  const debugging = argv.includes("--debug") || parseToggle(io.env["DISCOVERY_DEBUG"] ?? "") === true;
  const stack = debugging && error instanceof Error ? `${error.stack}\n` : "";
  if (error instanceof DiscoverError) {
    io.stderr.write(`discover: ${error.message}\n`);
    return EXIT.usage;
  }
  const fault = errorCode(error);
  if (fault === "EMFILE" || fault === "ENFILE") {
    io.stderr.write(`discover: ${fileFault(error)}: raise the limit (ulimit -n)\n${stack}`);
    return EXIT.incomplete;
  }
  const advice = debugging ? "" : "; --debug shows where";
  io.stderr.write(`discover: internal error: ${shown(messageOf(error))}${advice}\n${stack}`);
  return EXIT.internal;
}

/** A reader that left early had enough: no error, and nothing to say. Whatever else keeps text back is one. */
function reportClosed(reason: unknown, code: number, io: Io): number {
  if (errorCode(reason) === "EPIPE") return code === EXIT.incomplete ? EXIT.complete : code;
  io.stderr.write(`discover: cannot write to standard output: ${fileFault(reason)}\n`);
  return EXIT.usage;
}
