import { linkedAbort } from "../../identify/linked-abort.ts";
import type { Catalog } from "../../model/catalog.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { Inventory, Service } from "../../model/inventory.ts";
import type { DiscoverOptions } from "../../model/options.ts";
import type { Io } from "../terminal/io.ts";
import { isDecided, isEnough } from "./decided.ts";
import type { Look } from "./look.ts";
import { type Sighting, judge } from "./verdict.ts";
import type { Want } from "./want.ts";

/** How long a look goes on for a better one, once one was seen that will do, in milliseconds. */
export const GRACE_MS = 250;

/** The same for what serves a URL: to name it takes more than one question. */
const NAMING_MS = 1_000;

/** One look, when it is over. */
export interface Glance {
  readonly sighting: Sighting;
  readonly services: readonly Service[];
  /** It was not cut short: what it did not see is not there. */
  readonly whole: boolean;
}

export interface GlanceTools {
  readonly discover: Io["discover"];
  /** What all looks have in common: limits, headers, exclusions. */
  readonly options: DiscoverOptions;
  readonly catalog: Catalog;
}

/**
 * Looks once. A name that nobody knows may be known the next time; every other `DiscoverError` is thrown. Leaves early
 * once what was seen decides. A look that is cut short says "there" only of what was decided before that.
 */
export async function glance(
  want: Want,
  look: Look,
  { discover, options, catalog }: GlanceTools,
  outer: AbortSignal,
): Promise<Glance> {
  const stop = linkedAbort(outer);
  const { signal } = stop;
  const decided = new Decided(want, look, catalog);
  let grace: NodeJS.Timeout | undefined;
  try {
    for await (const event of await discover({ ...options, ...look, signal })) {
      if (event.event === "service" && !signal.aborted) {
        const seen = decided.take(event);
        if (seen.sighting.there && isEnough(want, look, seen.sighting.service, catalog)) return seen;
        if (seen.sighting.there) grace ??= setTimeout(stop.abort, want.kind === "url" ? NAMING_MS : GRACE_MS);
      }
      if (event.event !== "finished") continue;
      const found = atEnd(want, event.inventory, catalog);
      return signal.aborted ? cutShort(found, decided.seen()) : found;
    }
  } catch (error) {
    const why = nameFault(error);
    if (why === undefined) throw meant(error);
    return { sighting: { there: false, why }, services: [], whole: !signal.aborted };
  } finally {
    clearTimeout(grace);
    stop.dispose();
  }
  throw new Error("a run ends with its inventory");
}

/** What a look has seen so far of which more would tell nothing else. */
class Decided {
  readonly #want: Want;
  readonly #look: Look;
  readonly #catalog: Catalog;
  readonly #services = new Map<string, Service>();

  constructor(want: Want, look: Look, catalog: Catalog) {
    this.#want = want;
    this.#look = look;
    this.#catalog = catalog;
  }

  take({ service, replaces }: { readonly service: Service; readonly replaces: readonly string[] }): Glance {
    for (const id of replaces) this.#services.delete(id);
    this.#services.delete(service.id);
    if (isDecided(service, this.#look)) this.#services.set(service.id, service);
    return this.seen();
  }

  seen(): Glance {
    const services = [...this.#services.values()];
    return { sighting: judge(this.#want, { services }, this.#catalog), services, whole: false };
  }
}

function atEnd(want: Want, { services, coverage }: Inventory, catalog: Catalog): Glance {
  return { sighting: judge(want, { services, coverage }, catalog), services, whole: true };
}

/** What was being asked when a look ended tells what is amiss, and never that all is well. */
function cutShort({ sighting, services }: Glance, decided: Glance): Glance {
  if (decided.sighting.there) return decided;
  if (!sighting.there) return { sighting, services, whole: false };
  const { service } = sighting;
  return {
    sighting: { there: false, why: "not seen in full in that time", service },
    services,
    whole: false,
  };
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
