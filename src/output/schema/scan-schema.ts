import type { ScanFacts } from "../../model/inventory.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Coverage } from "../../model/outcome.ts";
import { amount, closedObject, moment, text, texts, whole } from "./field.ts";

export const SCAN: JsonObject = closedObject<ScanFacts>(
  "The run that this came from.",
  {
    id: text("Identifies the run."),
    startedAt: moment("When it began."),
    durationMs: amount("How long it took, in milliseconds."),
    strategies: texts("The strategies that took part."),
    targets: texts("What was to be looked at, as it was asked for."),
    cached: {
      const: true,
      description: "Nothing was sent: it is what the cache knew. Absent otherwise.",
    },
  },
  ["cached"],
);

export const COVERAGE: JsonObject = closedObject<Coverage>(
  "How much was looked at. The five outcomes, skipped and unprobed add up to probes.",
  {
    addresses: whole("Addresses in the targets."),
    probes: whole("Endpoints that were to be probed."),
    open: whole("A connection was made."),
    closed: whole("The host refused: nothing listens there."),
    filtered: whole("No answer, or a firewall said no: not known."),
    unreachable: whole("No way to the host: not known."),
    failed: whole("The scanning machine's own fault, or cancelled: not known."),
    skipped: whole("Left out by --sparse: nothing in their /24 answered. Absent where there are none."),
    unprobed: whole("Never reached: the run ended first, or the cache does not know of them."),
    complete: {
      type: "boolean",
      description: "Whether every endpoint had a fair chance and everything open was looked at.",
    },
  },
  ["skipped"],
);
