import { endpointText } from "../../model/endpoint.ts";
import type { AgentFacts, LocalReport, LocalStatus, RemoteReport } from "../../model/servers.ts";
import type { RemoteStatus, StartupReport } from "../../model/servers.ts";
import { printable } from "../printable.ts";
import { type Style, paint } from "../table/paint.ts";
import { prose } from "../table/prose.ts";
import { counted, duration } from "../table/quantity.ts";

export interface ReportTextOptions {
  readonly color: boolean;
  /** Columns that a line may take. */
  readonly width: number;
}

interface Mark {
  readonly sign: "✓" | "✗" | "●" | "○";
  readonly style: Style;
  /** What the sign stands for, for those who do not know it. */
  readonly word: string;
}

const LOCAL: Readonly<Record<LocalStatus, Mark>> = {
  running: { sign: "●", style: "green", word: "running" },
  ready: { sign: "✓", style: "green", word: "ready" },
  disabled: { sign: "○", style: "yellow", word: "disabled" },
  error: { sign: "✗", style: "red", word: "error" },
};

const REMOTE: Readonly<Record<RemoteStatus, Mark>> = {
  running: { sign: "●", style: "green", word: "running" },
  registered_not_running: { sign: "○", style: "yellow", word: "registered, not running" },
  disabled: { sign: "○", style: "dim", word: "disabled" },
  error: { sign: "✗", style: "red", word: "error" },
};

/** One line of the report, before it is broken to fit. */
interface Line {
  readonly indent: number;
  readonly mark?: Mark;
  readonly text: string;
  readonly style?: Style;
}

/** A startup report for people: the same text for a terminal and a file, colours aside. Strangers' text is escaped. */
export function reportText(report: StartupReport, options: ReportTextOptions): string {
  const lines = [
    ...localLines(report.local),
    { indent: 0, text: "" },
    ...remoteLines(report.remotes),
    { indent: 0, text: "" },
    { indent: 0, text: summaryOf(report), style: "dim" as const },
  ];
  return `${lines.flatMap((line) => drawn(line, options)).join("\n")}\n`;
}

function localLines(local: LocalReport): Line[] {
  const { status, host, port, directory, agents, maxAgents, error, remedies, note } = local;
  const mark = LOCAL[status];
  const where = port === null ? host : endpointText({ address: host, port });
  return [
    { indent: 0, text: "Local server", style: "bold" },
    { indent: 2, mark, text: status === "error" ? where : `${where} ${mark.word}` },
    ...(error === null ? [] : [{ indent: 4, text: error, style: "red" as const }]),
    ...remedies.map((remedy) => ({ indent: 4, text: `→ ${remedy}` })),
    ...(note === null ? [] : [{ indent: 4, text: note }]),
    { indent: 4, text: `directory: ${directory}` },
    { indent: 4, text: `agents: ${agentsText(agents) ?? `none active, at most ${maxAgents}`}` },
  ];
}

function remoteLines(remotes: readonly RemoteReport[]): Line[] {
  const head: Line = { indent: 0, text: "Remote servers", style: "bold" };
  if (remotes.length === 0) return [head, { indent: 2, text: "none registered" }];
  return [head, ...remotes.flatMap(remoteBlock)];
}

function remoteBlock(remote: RemoteReport): Line[] {
  const { name, host, port, status, summary, description, agents } = remote;
  const mark = REMOTE[status];
  // The summary of one that is disabled repeats the word.
  const what = status === "disabled" ? mark.word : `${mark.word}: ${summary}`;
  const agentLine = agentsText(agents);
  return [
    { indent: 2, mark, text: `${name} ${endpointText({ address: host, port })}` },
    { indent: 4, text: what, ...(status === "error" && { style: "red" as const }) },
    ...(agentLine === undefined ? [] : [{ indent: 4, text: `agents: ${agentLine}` }]),
    ...(description === "" ? [] : [{ indent: 4, text: description, style: "dim" as const }]),
  ];
}

/** `embedder on 8101, reranker on 8102 (failed)`; undefined where there are none. */
function agentsText(agents: readonly AgentFacts[]): string | undefined {
  if (agents.length === 0) return undefined;
  const words = agents.map(({ name, port, status, restarts = 0 }) => {
    const notes = [
      status === "running" ? undefined : status,
      restarts === 0 ? undefined : counted(restarts, "restart"),
    ].filter((note) => note !== undefined);
    return `${name} on ${port}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
  });
  return words.join(", ");
}

function summaryOf({ remotes, durationMs }: StartupReport): string {
  const running = remotes.filter(({ status }) => status === "running").length;
  const servers = counted(remotes.length, "remote server");
  const parts = [remotes.length === 0 ? servers : `${running} of ${servers} running`, duration(durationMs)];
  return parts.join(" · ");
}

/** Broken at blanks so that it fits, what follows one step further in. */
function drawn({ indent, mark, text, style }: Line, { color, width }: ReportTextOptions): string[] {
  const head = " ".repeat(indent) + (mark === undefined ? "" : `${mark.sign} `);
  const room = Math.max(1, width - head.length - 2);
  const [first = "", ...rest] = prose(printable(text), room);
  const say = (words: string): string => paint(words, color ? style : undefined);
  const shownHead = mark === undefined ? head : " ".repeat(indent) + signOf(mark, color);
  const lines = [shownHead + say(first), ...rest.map((more) => " ".repeat(head.length + 2) + say(more))];
  return lines.map((line) => line.trimEnd());
}

function signOf({ sign, style }: Mark, color: boolean): string {
  return `${paint(sign, color ? style : undefined)} `;
}
