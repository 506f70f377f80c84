import type { Catalog } from "../../model/catalog.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { Service } from "../../model/inventory.ts";
import type { DiscoverOptions } from "../../model/options.ts";
import type { Coverage } from "../../model/outcome.ts";
import type { Io } from "../terminal/io.ts";
import type { Look } from "./look.ts";
import { type Sighting, judge } from "./verdict.ts";
import type { Want } from "./want.ts";

/** One look, when it is over. */
export interface Glance {
  readonly sighting: Sighting;
  readonly services: readonly Service[];
  /** It was not cut short: what it did not see is not there. */
  readonly whole: boolean;
}

export interface GlanceTools {
  readonly discover: Io["discover"];
  /** What all looks have in common: limits, headers, exclusions. No look takes longer than what is left. */
  readonly options: () => DiscoverOptions;
  readonly catalog: Catalog;
}

const NOTHING: Coverage = {
  addresses: 0,
  probes: 0,
  open: 0,
  closed: 0,
  filtered: 0,
  unreachable: 0,
  failed: 0,
  unprobed: 0,
  complete: false,
};

/**
 * Looks once. A name that nobody knows may be known the next time; every other `DiscoverError` is thrown. Leaves early
 * where the first that fits decides.
 */
export async function glance(
  want: Want,
  look: Look,
  { discover, options, catalog }: GlanceTools,
  signal: AbortSignal,
): Promise<Glance> {
  // With health still to be asked for, what is found at first is not yet judged by it.
  const isFirstEnough = look.strategies.length === 1 && look.strategies[0] === "tcp";
  try {
    for await (const event of await discover({ ...options(), ...look, signal })) {
      if (event.event === "service" && isFirstEnough) {
        const services = [event.service];
        const sighting = judge(want, { services, coverage: NOTHING }, catalog);
        if (sighting.there) return { sighting, services, whole: true };
      }
      if (event.event !== "finished") continue;
      const { services, coverage } = event.inventory;
      const sighting = judge(want, { services, coverage }, catalog);
      return { sighting, services, whole: !signal.aborted };
    }
  } catch (error) {
    const why = nameFault(error);
    if (why === undefined) throw meant(error);
    return { sighting: { there: false, why }, services: [], whole: !signal.aborted };
  }
  throw new Error("a run ends with its inventory");
}

/** Why there is no address yet; undefined for any other error: what the exclusions take out stays out. */
function nameFault(error: unknown): string | undefined {
  if (!(error instanceof DiscoverError) || error.code !== "no-target") return undefined;
  return /^nothing to look at: (?:\S+ \(argument \d+\): )?(.*)$/s.exec(error.message)?.[1];
}

/** Nobody can say yes to a large range once a second. */
function meant(error: unknown): unknown {
  if (!(error instanceof DiscoverError) || error.code !== "large-range") return error;
  const why = error.message.replace(/, and more than.*/, "");
  return new DiscoverError("large-range", `${why}: too many to look at again and again; name fewer`);
}
