import type { TimedReply } from "../model/net.ts";
import type { Health, HealthReport } from "../model/observation.ts";

/** What one answer says of the health of whoever gave it. */
export interface HealthReading {
  readonly health: Health;
  /** What was read, in one line that is safe to print. */
  readonly summary: string;
  /** See `HealthReport.parts`. */
  readonly parts?: Parts;
  /** A server that answers every path alike may have said this, too. */
  readonly doubtful?: true;
}

export type Parts = Readonly<Record<string, Health>>;

/** Parts that are kept, however many an answer tells of. */
const MOST_PARTS = 50;

/** `parts` as a member of a reading: bounded, and absent where there are none. */
export function withParts(parts: ReadonlyMap<string, Health>): { readonly parts?: Parts } {
  if (parts.size === 0) return {};
  return { parts: Object.fromEntries([...parts].slice(0, MOST_PARTS)) };
}

const SEVERITY: readonly Health[] = ["unhealthy", "degraded", "protected", "healthy", "unknown"];

/** The gravest of them; unknown where there are none. */
export function worst(healths: Iterable<Health>): Health {
  const found = new Set(healths);
  return SEVERITY.find((one) => found.has(one)) ?? "unknown";
}

/** What parts amount to where nobody speaks for the whole. Those that are unknown have no say. */
export function together(healths: Iterable<Health>): Health {
  const known = [...new Set(healths)].filter((one) => one !== "unknown");
  const [only] = known;
  return known.length > 1 ? "degraded" : (only ?? "unknown");
}

/** A reading as the report of one path; code 0 stands for no answer. */
export function reportOf(
  path: string,
  { status, latencyMs }: Pick<TimedReply, "status" | "latencyMs">,
  reading: Pick<HealthReport, "health" | "summary" | "parts">,
): HealthReport {
  return { path, code: status, latencyMs: Math.round(latencyMs * 100) / 100, ...reading };
}
