import type { InterfaceAddress } from "../model/interface-address.ts";
import type { BudgetShare } from "./budget.ts";
import type { Field, Portion } from "./deal.ts";
import type { StretchMark } from "./stretch.ts";
import type { Counts } from "./tally.ts";

/** What a sweeper in a thread of its own is told at its start. */
export interface SweeperOrders extends BudgetShare {
  readonly field: Field;
  readonly timeoutMs: number;
  readonly isDirect: boolean;
  readonly interfaces: readonly InterfaceAddress[];
  /** Its part of the pace at which new hosts of a link may be begun. */
  readonly paceShare: number;
}

/** A portion, under the number by which both sides know it. */
export interface NumberedPortion extends Portion {
  readonly number: number;
}

export type ToSweeper =
  | { readonly kind: "portions"; readonly portions: readonly NumberedPortion[] }
  /** There is no more. */
  | { readonly kind: "over" }
  /** How far are you? */
  | { readonly kind: "mark" };

/** What came of a portion since it was last told of. */
export interface PortionReport {
  readonly number: number;
  readonly counts: Counts;
  /** Three numbers for each open port: host (its place in the field), port, milliseconds. */
  readonly open: Float64Array;
  readonly isFinished: boolean;
}

export type FromSweeper =
  /** It could do with more. */
  | { readonly kind: "hungry" }
  | { readonly kind: "reports"; readonly reports: readonly PortionReport[] }
  /** Of every portion that is begun; what was reported before is in it, and nothing else. */
  | { readonly kind: "marks"; readonly marks: ReadonlyMap<number, StretchMark> }
  /** All is done, and reported. */
  | { readonly kind: "ended" };
