import { cac } from "cac";

import { DiscoverError } from "../model/errors.ts";
import { shown } from "../targets/token.ts";
import type { Words } from "./argv.ts";
import type { CommandRow } from "./command.ts";
import { COMMANDS } from "./commands/index.ts";
import { settingsOf } from "./settings/command-settings.ts";
import { FLAG_LIST } from "./settings/flags.ts";
import { camelCase } from "./settings/kinds.ts";
import { SETTING_LIST } from "./settings/settings.ts";
import type { FlagTexts } from "./settings/sources.ts";

/** What is to be done. */
export interface Request {
  readonly command: CommandRow;
  readonly args: readonly string[];
  readonly flags: FlagTexts;
}

/**
 * Finds the command that the words name and gathers its flags. The words go to cac in a form that its parser (mri)
 * cannot read in two ways: flags first, each as one argument, an `=` before every value so that `007`, `1e3` and an
 * empty text stay text; then the first positional where it names a command; the rest behind `--`.
 * Throws `bad-option` where a flag means nothing to the command.
 */
export function readRequest({ flags, positionals, literals }: Words): Request {
  const cli = cac("discover");
  for (const row of COMMANDS) {
    const { name, summary } = row;
    const command = cli.command(name === "" ? "[...args]" : `${name} [...args]`, summary);
    for (const setting of settingsOf(row)) command.option(`--${setting.flag} <value>`, setting.summary);
  }
  // Only a command's name: an empty one would be the scan's, and `-` would take the next word for its value.
  const isCommand = COMMANDS.some(({ name }) => name !== "" && name === positionals[0]);
  const [head, tail] = isCommand ? [positionals.slice(0, 1), positionals.slice(1)] : [[], positionals];
  const given = flags.map(({ flag, text }) => `--${flag}==${text}`);
  const parsed = cli.parse(["node", "discover", ...given, ...head, "--", ...tail, ...literals], {
    run: false,
  });
  const row = COMMANDS.find(({ name }) => name === (cli.matchedCommandName ?? ""));
  if (row === undefined) throw new Error(`cac matched '${cli.matchedCommandName}', which is no command`);
  for (const { flag } of flags) {
    if (cli.matchedCommand?.hasOption(camelCase(flag)) === undefined) throw meaningless(flag, row);
  }
  const args = [...parsed.args, ...textsOf(parsed.options["--"])];
  return { command: row, args, flags: flagTexts(parsed.options) };
}

function meaningless(flag: string, row: CommandRow): DiscoverError {
  const others = COMMANDS.filter((one) => one.flags !== "all" && takes(one, flag));
  // What any command takes but a scan is that command's own.
  const isOwn = row.name === "" || COMMANDS.every((one) => one.name !== "" || !takes(one, flag));
  const whose = isOwn ? `; it is for ${others.map(commandText).join(", ")}` : "";
  return new DiscoverError("bad-option", `--${shown(flag)} means nothing to ${commandText(row)}${whose}`);
}

function takes(row: CommandRow, flag: string): boolean {
  return settingsOf(row).some((setting) => setting.flag === flag);
}

function commandText({ name }: CommandRow): string {
  return `'${`discover ${name}`.trim()}'`;
}

function flagTexts(options: Readonly<Record<string, unknown>>): FlagTexts {
  const texts = new Map<string, readonly string[]>();
  for (const { key } of [...SETTING_LIST, ...FLAG_LIST]) {
    const given = textsOf(options[key]).map((text) => text.slice(1));
    if (given.length > 0) texts.set(key, given);
  }
  return texts;
}

/** cac's values are any: one text, or an array of them where the flag was repeated. */
function textsOf(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === "string");
}
