import type { Inventory } from "../../model/inventory.ts";
import { OUTCOMES } from "../../model/outcome.ts";
import type { Coverage } from "../../model/outcome.ts";
import { count, counted, duration } from "./quantity.ts";

/** `4 services · 190 probes: 4 open, 186 closed · 0.8 s`. */
export function summary({ services, coverage, scan }: Inventory): string {
  const outcomes = OUTCOMES.filter((outcome) => outcome === "open" || coverage[outcome] > 0);
  const counts = outcomes.map((outcome) => `${count(coverage[outcome])} ${outcome}`).join(", ");
  const probes = `${counted(coverage.probes, "probe")}: ${counts}`;
  const parts = coverage.probes > 0 ? [probes] : [];
  const source = scan.cached === true ? "from the cache" : duration(scan.durationMs);
  const stale = services.filter((service) => service.stale === true).length;
  const known = counted(services.length - stale, "service");
  return [stale === 0 ? known : `${known}, ${count(stale)} stale`, ...parts, source].join(" · ");
}

/** What is missing from the whole; undefined where nothing is. */
export function missing(coverage: Coverage, isCached = false): string | undefined {
  if (coverage.complete) return undefined;
  const gaps = [
    coverage.unprobed > 0 &&
      `${counted(coverage.unprobed, "endpoint")} ${isCached ? "not known" : "not reached"}`,
    coverage.skipped !== undefined && `${counted(coverage.skipped, "endpoint")} skipped (no answer near)`,
    coverage.failed > 0 && `${counted(coverage.failed, "probe")} failed on this machine`,
    coverage.filtered > 0 && `${count(coverage.filtered)} filtered (no answer)`,
    coverage.unreachable > 0 && `${count(coverage.unreachable)} unreachable`,
  ].filter((gap) => gap !== false);
  return `incomplete: ${gaps.length === 0 ? "not everything was looked at" : gaps.join(", ")}`;
}

/** What there is to say where there is no row to show. */
export function nothing({ coverage, scan }: Inventory): string {
  const none = scan.cached === true ? "nothing known" : "nothing found";
  const found = coverage.open === 0 ? none : "nothing to show";
  if (coverage.probes === 0) return `${found} by ${scan.strategies.join(", ")}`;
  const size = `${counted(coverage.addresses, "address", "addresses")}, ${counted(coverage.probes, "endpoint")}`;
  if (scan.cached === true)
    return `${found} of ${scan.targets.join(", ")} (${size}): the cache was asked, and nobody else`;
  return `${found}: looked at ${scan.targets.join(", ")} (${size}) by ${scan.strategies.join(", ")}`;
}
