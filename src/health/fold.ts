import type { HealthReport } from "../model/observation.ts";

/** Of reports that say the same the first, which then names the paths of the others. */
export function folded(reports: readonly HealthReport[]): HealthReport[] {
  const firsts = reports.filter(
    (one, at) => reports.findIndex((other) => sayingOf(other) === sayingOf(one)) === at,
  );
  return firsts.map((first) => {
    const alike = reports.filter((one) => one !== first && sayingOf(one) === sayingOf(first));
    const paths = alike.map(({ path }) => path).join(", ");
    return paths === "" ? first : { ...first, summary: `${first.summary}; the same at ${paths}` };
  });
}

/** Equal for reports that differ in nothing but path and time. */
export function sayingOf({ health, code, summary, parts }: HealthReport): string {
  return JSON.stringify([health, code, summary, parts]);
}
