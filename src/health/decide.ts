import type { Health, HealthReport } from "../model/observation.ts";

/** One answer that told something. */
export interface Finding {
  readonly report: HealthReport;
  /** At a path that the makers of its kind promise. */
  readonly own: boolean;
  /** A server that answers every path alike may have said this, too. */
  readonly doubtful: boolean;
  /** It is that there was no answer. */
  readonly silent?: true;
  /** The same, since the peer hung up. */
  readonly hungUp?: true;
}

/**
 * All reports, the one that counts first:
 *
 * 1. The paths of its kind count before those that were only tried, as soon as one of them told more than that it is
 *    protected or unknown.
 * 2. Among those that count, the gravest: unhealthy, degraded, healthy; protected where nothing else was told; unknown last.
 * 3. Alive and not ready is degraded: where only paths for readiness say unhealthy, and another says healthy. So is silence
 *    at one path where another says healthy.
 */
export function decide(findings: readonly Finding[]): HealthReport[] {
  const own = findings.filter((one) => one.own);
  const counting = own.some(({ report }) => tells(report.health)) ? own : findings;
  const weighed = counting.map((one) => weigh(one, counting));
  const first = weighed.toSorted((a, b) => RANK[a.health] - RANK[b.health])[0];
  if (first === undefined) return [];
  const rest = findings.map(({ report }) => report).filter(({ path }) => path !== first.path);
  return [first, ...rest.toSorted((a, b) => RANK[a.health] - RANK[b.health])];
}

const RANK: Readonly<Record<Health, number>> = {
  unhealthy: 0,
  degraded: 1,
  healthy: 2,
  protected: 3,
  unknown: 4,
};

function tells(health: Health): boolean {
  return health !== "protected" && health !== "unknown";
}

function weigh({ report, silent }: Finding, all: readonly Finding[]): HealthReport {
  if (report.health !== "unhealthy" || (silent !== true && !isReadiness(report.path))) return report;
  const others = all
    .filter((one) => one.silent !== true && (silent === true || !isReadiness(one.report.path)))
    .map((one) => one.report);
  const alive = others.some(({ health }) => health === "healthy");
  if (!alive || others.some(({ health }) => health === "unhealthy")) return report;
  const why = silent === true ? "well by another path" : "alive, and not ready";
  return { ...report, health: "degraded", summary: `${report.summary}; ${why}` };
}

/** `/ready`, `/readyz`, `/-/ready`, `/minio/health/ready`, `/actuator/health/readiness`. */
function isReadiness(path: string): boolean {
  return /(?:^|\/)(?:readyz?|readiness)\/?$/.test(path);
}
