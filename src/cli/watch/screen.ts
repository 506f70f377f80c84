import type { ScreenSize } from "../../output/table/watch-frame.ts";
import type { Io } from "../terminal/io.ts";

/** ECMA-48, section 8.3: CUP, EL and ED. */
const to = (line: number): string => `\u001B[${line + 1};1H`;
const ERASE_LINE = "\u001B[K";
const ERASE_BELOW = "\u001B[J";

/** Of a terminal that was not told its size. */
const USUAL = { columns: 80, rows: 24 };

/**
 * A terminal whose screen is drawn over and over. What stood on it is scrolled away and not lost; only lines that
 * differ are written, all that changed in one turn of the event loop together, and no faster than the terminal takes it.
 */
export class WatchScreen {
  readonly #stdout: Io["stdout"];
  readonly #lines: (size: ScreenSize) => readonly string[];
  #shown: readonly string[] = [];
  #size = "";
  #isDue = false;
  #drawing: Promise<void> | undefined;

  constructor({ stdout }: Pick<Io, "stdout">, lines: (size: ScreenSize) => readonly string[]) {
    this.#stdout = stdout;
    this.#lines = lines;
  }

  /** Soon what it shows is drawn anew. */
  update(): void {
    this.#isDue = true;
    this.#drawing ??= this.#pump();
  }

  /** Somebody else wrote on it: all of it is drawn, next time. */
  spoil(): void {
    this.#shown = [];
  }

  /** Resolves when the last of it is drawn; the cursor stands below. */
  async finish(): Promise<void> {
    await this.#drawing;
  }

  async #pump(): Promise<void> {
    while (this.#isDue) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#isDue = false;
      this.#draw();
      await this.#stdout.flushed();
    }
    this.#drawing = undefined;
  }

  #draw(): void {
    const { columns = USUAL.columns, rows = USUAL.rows } = this.#stdout;
    const size = `${columns} ${rows}`;
    const isFirst = this.#size === "";
    if (size !== this.#size) this.#shown = [];
    this.#size = size;
    // One column and one line are left free: a terminal wraps or scrolls where the last is taken.
    const lines = this.#lines({ width: columns - 1, height: rows - 1 });
    const differing = lines.flatMap((line, at) =>
      line === this.#shown[at] ? [] : [`${to(at)}${line}${ERASE_LINE}`],
    );
    const scrolled = isFirst ? "\n".repeat(rows - 1) : "";
    this.#stdout.write(`${scrolled}${differing.join("")}${to(lines.length)}${ERASE_BELOW}`);
    this.#shown = lines;
  }
}
