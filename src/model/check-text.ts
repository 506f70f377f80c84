import type { HealthReport } from "./observation.ts";

/** A health check in one line: `GET /health answered 503: status "down"`. */
export function checkText({ path, code, summary }: Pick<HealthReport, "path" | "code" | "summary">): string {
  return `GET ${path}${code === 0 ? "" : ` answered ${code}`}: ${summary}`;
}
