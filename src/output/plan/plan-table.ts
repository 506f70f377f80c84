import { endpointText } from "../../model/endpoint.ts";
import type { FormatContext } from "../../model/output.ts";
import type { Action, Decision, Plan } from "../../model/plan.ts";
import { printable } from "../printable.ts";
import { type Cell, columns } from "../table/columns.ts";
import { type Style, paint } from "../table/paint.ts";
import { prose } from "../table/prose.ts";

const HEADER: readonly Cell[] = ["SERVICE", "ACTION", "WHERE", "WHY"].map((text) => ({
  text,
  style: "bold",
}));

export const ACTION_STYLES: Readonly<Record<Action, Style>> = {
  adopt: "green",
  nothing: "dim",
  start: "cyan",
  deploy: "cyan",
  blocked: "red",
  unknown: "yellow",
};

/** In the order in which the summary counts them. */
const COUNTED: readonly (readonly [Action, string])[] = [
  ["nothing", "running"],
  ["adopt", "to adopt"],
  ["start", "to start"],
  ["deploy", "to deploy"],
  ["blocked", "blocked"],
];

/** A plan for people: a row each instance, what it comes to, and what can be done about what is not to be had. */
export function planTable(plan: Plan, context: FormatContext): string {
  const say = (text: string, style: Style): string[] =>
    prose(printable(text), context.width).map((line) => paint(line, context.color ? style : undefined));
  const many = new Set(plan.decisions.filter(({ instance }) => instance > 1).map(({ service }) => service));
  const rows = plan.decisions.map((decision) => cells(decision, many.has(decision.service)));
  const lines = [
    ...(rows.length === 0 ? [] : [...columns([HEADER, ...rows], context), ""]),
    ...say(planSummary(plan), "dim"),
    ...remedies(plan).flatMap((remedy) => say(remedy, "yellow")),
    ...plan.warnings.flatMap((warning) => say(`warning: ${warning}`, "yellow")),
  ];
  return `${lines.join("\n")}\n`;
}

function cells(decision: Decision, isOneOfMany: boolean): readonly Cell[] {
  const { service, instance, required, action, reasons } = decision;
  const why = reasons.slice(0, 2).join("; ");
  return [
    { text: printable(isOneOfMany ? `${service} #${instance}` : service) },
    { text: action, style: ACTION_STYLES[action] },
    { text: printable(where(decision)) },
    { text: printable(required ? why : `optional; ${why}`) },
  ];
}

/** `db:5432`, `localhost:8100`, the address where the host has no name; `-` where it is and will be nowhere. */
function where({ host, port }: Decision): string {
  if (host === null) return "-";
  return port === null ? host : endpointText({ address: host, port });
}

/** `2 to adopt, 1 to start; nothing unknown`. */
export function planSummary({ decisions }: Plan): string {
  const count = (action: Action): number => decisions.filter((one) => one.action === action).length;
  const counts = COUNTED.filter(([action]) => count(action) > 0).map(
    ([action, text]) => `${count(action)} ${text}`,
  );
  const unknown = count("unknown");
  const known = counts.length === 0 ? "nothing to do" : counts.join(", ");
  return `${known}; ${unknown === 0 ? "nothing" : unknown} unknown`;
}

/** One each service, however many of its instances it is for. */
function remedies({ decisions }: Plan): string[] {
  const found = decisions.flatMap(({ service, remedy }) => (remedy === null ? [] : `${service}: ${remedy}`));
  return [...new Set(found)];
}
