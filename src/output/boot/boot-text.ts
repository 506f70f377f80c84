import type { BootReport, BootStatus, BootedService, DownReport, StoppedService } from "../../model/boot.ts";
import { endpointText } from "../../model/endpoint.ts";
import type { FormatContext } from "../../model/output.ts";
import { printable } from "../printable.ts";
import { columns } from "../table/columns.ts";
import { cut, displayWidth } from "../table/display-width.ts";
import { type Style, paint } from "../table/paint.ts";
import { prose } from "../table/prose.ts";
import { counted, duration } from "../table/quantity.ts";

interface Mark {
  readonly sign: string;
  readonly style: Style;
}

const MARKS: Readonly<Record<BootStatus, Mark>> = {
  started: { sign: "✓", style: "green" },
  adopted: { sign: "✓", style: "green" },
  remote: { sign: "●", style: "cyan" },
  skipped: { sign: "○", style: "dim" },
  failed: { sign: "✗", style: "red" },
};

const STOPPED_MARKS: Readonly<Record<StoppedService["status"], Mark>> = {
  stopped: MARKS.started,
  gone: MARKS.skipped,
  failed: MARKS.failed,
};

/** One line: a mark, what became of it, and what else there is in columns. */
interface Row {
  readonly mark: Mark;
  readonly status: string;
  readonly cells: readonly string[];
}

/** What came of a boot, for people: a line for each service, then what is amiss with what can be done about it. */
export function bootText(report: BootReport, options: FormatContext): string {
  const rows = report.services.map((one) => ({
    mark: MARKS[one.status],
    status: one.status,
    cells: [instanceName(one), whereOf(one), one.summary],
  }));
  const troubles = report.services.flatMap((one) => troubleOf(one, options));
  const warnings = report.warnings.flatMap((one) => wrapped("warning: ", one, options));
  return sections([rowLines(rows, options), troubles, warnings, prose(verdictOf(report), options.width)]);
}

/** What came of `discover down`, for people. */
export function downText(report: DownReport, options: FormatContext): string {
  const rows = report.services.map((one) => ({
    mark: STOPPED_MARKS[one.status],
    status: one.status,
    cells: [instanceName(one), one.summary],
  }));
  const warnings = report.warnings.flatMap((one) => wrapped("warning: ", one, options));
  const nothing = report.services.length === 0 ? ["nothing that discover boot started runs"] : [];
  return sections([rowLines(rows, options), warnings, nothing]);
}

/** With an empty line between those that are not empty. */
function sections(parts: readonly (readonly string[])[]): string {
  const texts = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(""));
  return texts.join("\n");
}

/** What became of it is never cut; the rest has the room behind that. */
function rowLines(rows: readonly Row[], { width, color }: FormatContext): string[] {
  const widest = Math.max(0, ...rows.map(({ status }) => status.length));
  const rest = rows.map(({ cells }) => cells.map((cell) => ({ text: printable(cell) })));
  // A mark and a blank go before it, two blanks behind.
  const room = width === undefined ? {} : { width: Math.max(0, width - widest - 4) };
  return columns(rest, { color, ...room }).map((line, at) => {
    const { sign, style } = rows[at]?.mark ?? MARKS.skipped;
    const head = `${color ? paint(sign, style) : sign} ${(rows[at]?.status ?? "").padEnd(widest)}`;
    return line === "" ? head.trimEnd() : `${head}  ${line}`;
  });
}

/** `api`, `api 2`. */
export function instanceName({
  service,
  instance,
}: {
  readonly service: string;
  readonly instance: number;
}): string {
  return instance === 1 ? service : `${service} ${instance}`;
}

function whereOf({ address, port, host }: BootedService): string {
  if (address !== null && port !== null) return endpointText({ address, port });
  return host ?? "-";
}

/** Why it is not there, whole; the end of its log; what can be done. */
function troubleOf(one: BootedService, options: FormatContext): string[] {
  if (one.remedy === null && one.logTail.length === 0) return [];
  return [
    ...wrapped(`${printable(instanceName(one))}: `, one.summary, options),
    ...one.logTail.map((line) => fit(`  | ${printable(line)}`, options)),
    ...(one.log === null ? [] : [`  log: ${printable(one.log)}`]),
    ...(one.remedy === null ? [] : wrapped("  → ", one.remedy, options)),
  ];
}

/** Text after a heading, further lines below its beginning. */
function wrapped(heading: string, text: string, { width }: FormatContext): string[] {
  const room = width === undefined ? undefined : Math.max(20, width - displayWidth(heading));
  const lines = prose(printable(text), room);
  return lines.map((line, at) => `${at === 0 ? heading : " ".repeat(displayWidth(heading))}${line}`);
}

function fit(line: string, { width }: FormatContext): string {
  return width === undefined ? line : cut(line, width);
}

/** `3 services: 1 started, 2 adopted, in 0.8 s`. */
function verdictOf({ services, ok, dryRun, durationMs }: BootReport): string {
  const counts = Object.keys(MARKS).flatMap((status) => {
    const count = services.filter((one) => one.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  const what = [counted(services.length, "service"), counts.join(", ")].filter(Boolean).join(": ");
  // In a dry run what would be started is not there either, and nothing is amiss.
  const isWell = ok || (dryRun && services.every(({ status }) => status !== "failed"));
  const verdict = isWell ? "" : "not all that is required is there; ";
  return `${verdict}${what}, in ${duration(durationMs)}${dryRun ? " (dry run: nothing was started)" : ""}`;
}
