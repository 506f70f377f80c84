import type { FormatContext } from "../../model/output.ts";
import type { Alternative, Explanation } from "../../model/plan.ts";
import { printable } from "../printable.ts";
import { paint } from "../table/paint.ts";
import { prose } from "../table/prose.ts";
import { ACTION_STYLES } from "./plan-table.ts";

/** As wide as the longest label, and two blanks. */
const LABEL_WIDTH = 14;
/** Where less than this is left beside a label, the text stands below it. */
const LEAST_TEXT_WIDTH = 24;
const INDENT = "  ";

/** How each instance of a service came to its decision: what was seen, by what rule, instead of what, and so what is done. */
export function explainText(explanations: readonly Explanation[], context: FormatContext): string {
  return `${explanations.map((one) => chain(one, context).join("\n")).join("\n\n")}\n`;
}

function chain(one: Explanation, context: FormatContext): string[] {
  const title = one.of === 1 ? one.service : `${one.service} #${one.instance} of ${one.of}`;
  const heading = `${title}: ${one.action}`;
  const style = context.color ? ACTION_STYLES[one.action] : undefined;
  return [
    ...prose(printable(heading), context.width).map((line) => paint(line, style)),
    ...section("wanted", [one.wanted], context),
    ...section("observed", one.observed, context),
    ...section("rule", [one.rule], context),
    ...section("alternatives", one.alternatives.map(alternativeText), context),
    ...section("decision", [one.decision], context),
    ...section("because", one.reasons, context),
    ...section("remedy", one.remedy === null ? [] : [one.remedy], context),
  ];
}

/** `gpu1 (112.4): scores less: …`, `redis@10.0.0.5:6379: has version 5.0.3, not >=6`. */
function alternativeText({ candidate, reason, score }: Alternative): string {
  return `${candidate}${score === undefined ? "" : ` (${score})`}: ${reason}`;
}

/** A label, and beside it the items, each in as many lines as it takes; below it where there is no room. */
function section(label: string, items: readonly string[], { width, color }: FormatContext): string[] {
  if (items.length === 0) return [];
  const isBeside = width === undefined || width - LABEL_WIDTH >= LEAST_TEXT_WIDTH;
  const indent = isBeside ? " ".repeat(LABEL_WIDTH) : INDENT;
  const room = width === undefined ? undefined : Math.max(1, width - indent.length);
  const lines = items.flatMap((item) => prose(printable(item), room));
  const painted = paint(label, color ? "dim" : undefined);
  if (!isBeside) return [painted, ...lines.map((line) => indent + line)];
  return lines.map(
    (line, at) => (at === 0 ? painted + " ".repeat(LABEL_WIDTH - label.length) : indent) + line,
  );
}
