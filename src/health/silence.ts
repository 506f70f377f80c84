import type { NoReply } from "../model/net.ts";
import type { Finding } from "./decide.ts";
import { reportOf } from "./reading.ts";

/**
 * What it tells that a path gave no answer, where others did. Hanging up and keeping silent are what a probe would take for
 * failing; what cannot be read may be anything. Undefined where the question was never put.
 */
export function silenceAt(path: string, { failure, latencyMs }: NoReply, own: boolean): Finding | undefined {
  const reply = { status: 0, latencyMs };
  const finding = (health: "unhealthy" | "unknown", summary: string): Finding => ({
    report: reportOf(path, reply, { health, summary }),
    own,
    doubtful: true,
    silent: true,
    ...(failure === "closed" && { hungUp: true }),
  });
  if (failure === "timeout") return finding("unhealthy", `no answer in ${secondsOf(latencyMs)}`);
  if (failure === "closed") return finding("unhealthy", "hung up without an answer");
  return failure === "garbled" ? finding("unknown", "no HTTP answer that could be read") : undefined;
}

/** `5 s`, `0.3 s`. */
function secondsOf(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
