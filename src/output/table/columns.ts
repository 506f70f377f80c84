import { cut, displayWidth } from "./display-width.ts";
import { paint } from "./paint.ts";
import type { Style } from "./paint.ts";

/** Printable text in a style. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

interface ColumnsOptions {
  /** Columns of the terminal; absent: as wide as it gets. */
  readonly width?: number;
  readonly color: boolean;
}

const GAP = "  ";
/** What the last column keeps at least, if it wants that much. */
const LAST_COLUMN_WIDTH = 16;

/**
 * Rows of cells as lines: columns aligned, two blanks apart, none behind the last. What does not fit into the width is
 * cut in the last column; where that is not enough, in the widest of the others.
 */
export function columns(rows: readonly (readonly Cell[])[], options: ColumnsOptions): string[] {
  const natural = (rows[0] ?? []).map((_, at) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[at]?.text ?? "")), 0),
  );
  const widths = options.width === undefined ? natural : fitted(natural, options.width);
  return rows.map((row) => line(row, widths, options.color));
}

function line(row: readonly Cell[], widths: readonly number[], color: boolean): string {
  let text = "";
  let behind = "";
  for (const [at, cell] of row.entries()) {
    const width = widths[at] ?? 0;
    const shown = cut(cell.text, width).trimEnd();
    if (shown !== "") {
      text += behind + paint(shown, color ? cell.style : undefined);
      behind = "";
    }
    behind += " ".repeat(width - displayWidth(shown)) + GAP;
  }
  return text;
}

function fitted(natural: readonly number[], width: number): number[] {
  const room = Math.max(0, width - GAP.length * (natural.length - 1));
  const last = natural.at(-1) ?? 0;
  const others = natural.slice(0, -1);
  const level = waterLevel(others, Math.max(0, room - Math.min(last, LAST_COLUMN_WIDTH)));
  const kept = others.map((column) => Math.min(column, level));
  return [...kept, Math.min(last, Math.max(0, room - total(kept)))];
}

/** The most that each may have so that all together have no more than `room`. */
function waterLevel(wanted: readonly number[], room: number): number {
  let level = Math.max(0, ...wanted);
  while (level > 0 && total(wanted.map((width) => Math.min(width, level))) > room) level--;
  return level;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}
