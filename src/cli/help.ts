import type { Command, CommandRow, Example } from "./command.ts";
import { settingsOf } from "./settings/command-settings.ts";
import type { Setting, SettingGroup } from "./settings/setting.ts";
import { plainText } from "./terminal/plain-text.ts";

/** The width that a terminal has at least. */
const WIDTH = 80;
const GROUPS: readonly SettingGroup[] = [
  "What to do",
  "Where to look",
  "How to look",
  "What to show",
  "Other",
];

const ACTION_ROWS: readonly (readonly [string, string])[] = [
  ["-h, --help", "This help; after a command, that command's"],
  ["-v, --version", "The version"],
];

/** The text of `--help` for one command; for the scan, which has no name, it tells of the others, too. */
export function helpText(
  row: CommandRow,
  { examples, notes = [] }: Command,
  rows: readonly CommandRow[],
): string {
  const usage = ["discover", row.name, row.args, "[options]"].filter((word) => word !== "").join(" ");
  const sections = [
    `${row.summary}.`,
    `Usage: ${usage}`,
    ...(row.name === "" ? [commandSection(rows)] : []),
    ...optionSections(row),
    `Examples:\n${exampleLines(examples)}`,
    ...(notes.length === 0 ? [] : [notes.join("\n")]),
    ...(row.name === "" ? [SOURCES] : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

const SOURCES = `Flags win over the environment (DISCOVERY_TCP_PORTS …), that over a config file
(sonde.config.yaml or .json here), that over the defaults; 'discover config'
shows each value and where it came from.`;

function commandSection(rows: readonly CommandRow[]): string {
  const commands = rows.filter(({ name }) => name !== "");
  return `Commands:\n${aligned(commands.map(({ name, args, summary }) => [`${name} ${args}`.trim(), summary]))}`;
}

function optionSections(row: CommandRow): string[] {
  const { name, flags } = row;
  if (name !== "" && flags === "all") return [`Options:\n  Those of a scan: see 'discover --help'`];
  const settings = settingsOf(row);
  return GROUPS.flatMap((group) => {
    const rows = settings.filter((setting) => setting.group === group).map(optionRow);
    const all = group === "Other" ? [...rows, ...ACTION_ROWS] : rows;
    return all.length === 0 ? [] : [`${group}:\n${aligned(all)}`];
  });
}

function optionRow(setting: Setting<unknown>): readonly [string, string] {
  const { flag, argument, shownNegated, summary, fallback } = setting;
  if (argument === undefined) return [shownNegated ? `--no-${flag}` : `--${flag}`, summary];
  const standard = fallback === undefined ? "" : plainText(setting.show(fallback), ",");
  return [`--${flag} ${argument}`, standard === "" ? summary : `${summary} (default: ${standard})`];
}

function exampleLines(examples: readonly Example[]): string {
  return aligned(examples.map(({ command, does }) => [command, does]));
}

/** Two columns, the second wrapped so that no line is wider than a terminal. */
function aligned(rows: readonly (readonly [string, string])[]): string {
  const indent = Math.max(...rows.map(([first]) => first.length)) + 4;
  return rows
    .flatMap(([first, second]) => {
      const [head = "", ...rest] = wrapped(second, WIDTH - indent);
      return [`  ${first}`.padEnd(indent) + head, ...rest.map((line) => " ".repeat(indent) + line)];
    })
    .join("\n");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
