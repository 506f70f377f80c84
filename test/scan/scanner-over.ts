import { systemClock } from "../../src/model/clock.ts";
import type { Scanner } from "../../src/model/strategy.ts";
import { Announced } from "../../src/scan/announced.ts";
import { type ScannerOptions, createScanner } from "../../src/scan/scanner.ts";
import { Tally } from "../../src/scan/tally.ts";
import { NOBODY } from "./no-net.ts";

type Given = Pick<ScannerOptions, "net" | "limits" | "signal"> & Partial<ScannerOptions>;

/** A scanner in this thread alone, for which nobody announces anything unless it is said. */
export function scannerOver(given: Given): Scanner {
  return createScanner({
    isDirect: true,
    helpers: NOBODY,
    announced: new Announced(false),
    tally: new Tally(),
    clock: systemClock,
    ...given,
  });
}
