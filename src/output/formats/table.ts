import type { Inventory } from "../../model/inventory.ts";
import type { DocumentFormat } from "../../model/output.ts";
import { printable } from "../printable.ts";
import { cells, HEADER } from "../table/cells.ts";
import { columns } from "../table/columns.ts";
import { paint } from "../table/paint.ts";
import type { Style } from "../table/paint.ts";
import { prose } from "../table/prose.ts";
import { missing, nothing, summary } from "../table/summary.ts";

const format: DocumentFormat = {
  kind: "document",
  name: "table",
  summary: "For people",
  extensions: ["txt", "table"],
  format(inventory, context) {
    const { services, warnings } = inventory;
    const at = momentOf(inventory);
    const say = (text: string | undefined, style?: Style): string[] =>
      text === undefined
        ? []
        : prose(printable(text), context.width).map((line) => paint(line, context.color ? style : undefined));
    const lines = [
      ...(services.length === 0
        ? say(nothing(inventory))
        : columns([HEADER, ...services.map((service) => cells(service, at))], context)),
      "",
      ...say(summary(inventory), "dim"),
      ...say(missing(inventory.coverage, inventory.scan.cached), "yellow"),
      ...warnings.flatMap((warning) => say(`warning: ${warning}`, "yellow")),
    ];
    return `${lines.join("\n")}\n`;
  },
};

/** When it was drawn up, in milliseconds since the epoch. */
function momentOf({ scan }: Inventory): number {
  return Date.parse(scan.startedAt) + scan.durationMs;
}

export default format;
