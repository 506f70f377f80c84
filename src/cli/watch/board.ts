import { compareServices } from "../../inventory/inventory.ts";
import type { Coverage } from "../../model/outcome.ts";
import type { WatchEvent } from "../../model/watch.ts";
import { counted } from "../../output/table/quantity.ts";
import { missing } from "../../output/table/summary.ts";
import type { WatchMark, WatchPicture, WatchRow } from "../../output/table/watch-frame.ts";

/** Rounds that end before a mark is taken away: one whole interval at least. */
const MARKED_ROUNDS = 2;
const MOST_NOTES = 3;

interface Row extends WatchRow {
  /** Rounds that had ended when it was marked. */
  readonly since: number;
}

/** What a live table has to show: all that is there, and for a while what is new about it. */
export class WatchBoard {
  readonly #rows = new Map<string, Row>();
  #rounds = 0;
  #coverage: Coverage | undefined;
  #lookedAt: string | undefined;
  #changedAt: string | undefined;
  #warnings: readonly string[] = [];

  take(event: WatchEvent): void {
    switch (event.event) {
      case "appeared":
        return this.#put(event, { kind: "appeared" });
      case "changed":
        for (const id of event.replaces) this.#rows.delete(id);
        return this.#put(event, { kind: "changed", note: changeText(event) });
      case "gone":
        return this.#put(event, { kind: "gone", note: event.reason });
      case "round":
        return this.#endRound(event);
      case "warning":
        this.#warnings = [...this.#warnings.filter((one) => one !== event.warning), event.warning].slice(
          -MOST_NOTES,
        );
    }
  }

  get picture(): WatchPicture {
    const rows = [...this.#rows.values()].toSorted((a, b) => compareServices(a.service, b.service));
    const gap = this.#coverage && missing(this.#coverage);
    const warnings = this.#warnings.map((warning) => `warning: ${warning}`);
    return {
      head: this.#head(rows),
      rows,
      empty: this.#rounds === 0 ? "nothing found yet" : "nothing found",
      notes: gap === undefined ? warnings : [...warnings, gap],
    };
  }

  /** `4 services · round 12 at 14:03:22 · last change 14:01:07`. */
  #head(rows: readonly WatchRow[]): string {
    const there = rows.filter(({ mark }) => mark?.kind !== "gone");
    return [
      counted(there.length, "service"),
      this.#lookedAt === undefined ? "first round" : `round ${this.#rounds} at ${timeOf(this.#lookedAt)}`,
      ...(this.#changedAt === undefined ? [] : [`last change ${timeOf(this.#changedAt)}`]),
      "Ctrl-C ends",
    ].join(" · ");
  }

  /** In the first round everything is new, and nothing is worth a mark. */
  #put({ service, at }: Extract<WatchEvent, { readonly service: unknown }>, mark: WatchMark): void {
    this.#changedAt = at;
    if (this.#rounds > 0) this.#rows.set(service.id, { service, mark, since: this.#rounds });
    else if (mark.kind === "gone") this.#rows.delete(service.id);
    else this.#rows.set(service.id, { service, since: 0 });
  }

  #endRound({ coverage, at }: Extract<WatchEvent, { readonly event: "round" }>): void {
    this.#rounds++;
    this.#coverage = coverage;
    this.#lookedAt = at;
    for (const [id, { service, mark, since }] of this.#rows) {
      if (this.#rounds - since < MARKED_ROUNDS) continue;
      if (mark?.kind === "gone") this.#rows.delete(id);
      else if (mark !== undefined) this.#rows.set(id, { service, since });
    }
  }
}

/** `changed: version, status`; nothing where it only took others in. */
function changeText({ fields }: Extract<WatchEvent, { readonly event: "changed" }>): string {
  return fields.length === 0 ? "changed" : `changed: ${fields.join(", ")}`;
}

/** By this machine's own clock and zone: `14:03:22`. */
function timeOf(at: string): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
