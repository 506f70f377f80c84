import type { Name } from "../../src/dns/message.ts";
import { nameText } from "../../src/dns/name.ts";
import type { StrategyContext } from "../../src/model/strategy.ts";

/** Warnings of one run, at most: a broken zone must not fill the report. */
const MOST_WARNINGS = 50;

/** What went wrong in one run, gathered so that each thing is said once. */
export class Problems {
  readonly #context: Pick<StrategyContext, "log" | "scanner">;
  /** Reason -> the names that could not be looked up for it. */
  readonly #failures = new Map<string, Set<string>>();
  readonly #said = new Set<string>();
  #answered = false;

  constructor(context: Pick<StrategyContext, "log" | "scanner">) {
    this.#context = context;
  }

  /** A name server has answered something, if only that it will not. */
  answered(): void {
    this.#answered = true;
  }

  /** Nobody could tell what is at a name. */
  failed(name: Name, reason: string): void {
    const names = this.#failures.get(reason);
    if (names === undefined) this.#failures.set(reason, new Set([nameText(name)]));
    else names.add(nameText(name));
  }

  /** There was more than is looked at. */
  cut(text: string): void {
    this.warn(text);
    this.#context.scanner.cutShort();
  }

  warn(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    if (this.#said.size <= MOST_WARNINGS) this.#context.log.warn(text);
    else this.#context.log.debug(text);
  }

  /** Says at the end what could not be looked up, one line for each reason. */
  report(): void {
    const more = this.#said.size - MOST_WARNINGS;
    if (more > 0) this.#context.log.warn(`dns: ${more} more warnings are left out`);
    if (this.#failures.size > 0) this.#context.scanner.cutShort();
    for (const [reason, names] of this.#failures) {
      const line = this.#answered
        ? `${namesText([...names])} could not be looked up: ${reason}`
        : mute(reason);
      this.#context.log.warn(line);
    }
  }
}

function mute(reason: string): string {
  return `no name server answers: ${reason}`;
}

/** `a.test`, or `a.test and 3 more names`. */
function namesText([first = "", ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  return `${first} and ${others.length} more ${others.length === 1 ? "name" : "names"}`;
}
