import type { Service } from "../../model/inventory.ts";
import { printable } from "../printable.ts";
import { HEADER, cells } from "./cells.ts";
import { type Cell, columns } from "./columns.ts";
import { cut } from "./display-width.ts";
import { type Style, paint } from "./paint.ts";

/** What is new about a service, in a few words where there are any. */
export interface WatchMark {
  readonly kind: "appeared" | "changed" | "gone";
  readonly note?: string;
}

export interface WatchRow {
  readonly service: Service;
  readonly mark?: WatchMark;
}

/** What a live table shows. */
export interface WatchPicture {
  readonly head: string;
  /** In the order in which they are to stand. */
  readonly rows: readonly WatchRow[];
  /** What stands there while there is no row. */
  readonly empty: string;
  /** Below the rows. */
  readonly notes: readonly string[];
}

export interface ScreenSize {
  readonly width: number;
  /** Lines that there is room for. */
  readonly height: number;
}

const MARKS: Readonly<Record<WatchMark["kind"], Cell>> = {
  appeared: { text: "+", style: "green" },
  changed: { text: "~", style: "yellow" },
  gone: { text: "-", style: "red" },
};

/** A blank, so that the table does not move when the first mark comes. */
const NO_MARK: Cell = { text: " " };

/**
 * The lines of a live table: none wider than the screen, and no more than there is room for. Where there are too many
 * rows those with a mark stay, and the others in their order.
 */
export function watchFrame(picture: WatchPicture, size: ScreenSize, color: boolean): string[] {
  const { width, height } = size;
  const say = (text: string, style?: Style): string =>
    paint(cut(printable(text), width), color ? style : undefined);
  const head = [say(picture.head, "dim"), ""];
  const room = Math.max(0, height - head.length);
  const notes = picture.notes.slice(-Math.floor(room / 3)).map((note) => say(note, "yellow"));
  const foot = notes.length === 0 ? [] : ["", ...notes];
  const body = bodyOf(picture, { width, height: room - foot.length }, color, say);
  return [...head, ...body, ...foot].slice(0, height);
}

function bodyOf(
  { rows, empty }: WatchPicture,
  { width, height }: ScreenSize,
  color: boolean,
  say: (text: string, style?: Style) => string,
): string[] {
  if (rows.length === 0) return [say(empty)];
  const fits = height - 1; // below the headings
  const shown = rows.length <= fits ? rows : mostTelling(rows, Math.max(0, fits - 1));
  const table = columns([[NO_MARK, ...HEADER], ...shown.map(rowCells)], { width, color });
  const left = rows.length - shown.length;
  return left === 0 ? table : [...table, say(`… and ${left} more: a taller window shows them`, "dim")];
}

function mostTelling(rows: readonly WatchRow[], most: number): readonly WatchRow[] {
  const marked = rows.filter(({ mark }) => mark !== undefined);
  const plain = rows.filter(({ mark }) => mark === undefined);
  const chosen = new Set([...marked, ...plain].slice(0, most));
  return rows.filter((row) => chosen.has(row));
}

function rowCells({ service, mark }: WatchRow): readonly Cell[] {
  const [title = NO_MARK, address = NO_MARK, status = NO_MARK, details = NO_MARK] = cells(service);
  if (mark === undefined) return [NO_MARK, title, address, status, details];
  const { kind, note } = mark;
  const noted = { text: [note, details.text].filter(Boolean).join("; ") };
  if (kind !== "gone") return [MARKS[kind], title, address, status, noted];
  const dim = [title, address, { text: "gone" }, noted].map(({ text }) => ({ text, style: "dim" }) as const);
  return [MARKS.gone, ...dim];
}
