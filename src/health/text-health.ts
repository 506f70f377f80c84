import { quoted } from "../catalog/reading.ts";
import { plain } from "../catalog/text.ts";
import type { Health } from "../model/observation.ts";
import { type HealthReading, together, withParts } from "./reading.ts";
import { healthOfPlainState, healthOfWord } from "./words.ts";

const MOST_LINES = 200;
const LONGEST_LINE = 200;

/**
 * What a body says that is plain text; undefined where it says nothing of health.
 *
 * - a word: `OK`, `NOT_SERVING`
 * - a sentence of a server about itself: `Prometheus Server is Ready.`
 * - a state and the reason for it: `WARN: inconsistent objects in schema`
 * - checks, a line each: `[+]ping ok` of Kubernetes, `database: ok`
 */
export function readTextHealth(text: string): HealthReading | undefined {
  const lines = text
    .split("\n", MOST_LINES)
    .map((line) => line.slice(0, LONGEST_LINE + 1).trim())
    .filter((line) => line !== "");
  const [first] = lines;
  if (first === undefined) return undefined;
  if (lines.length > 1) return ofCheckLines(lines) ?? ofPairs(lines);
  if (first.length > LONGEST_LINE) return undefined;
  const health = healthOfWord(first) ?? ofVerdict(first) ?? ofSentence(first) ?? ofReason(first);
  return health === undefined ? ofPairs(lines) : { health, summary: quoted(first) };
}

/** `healthz check passed`: Kubernetes, and those that copy it. */
function ofVerdict(line: string): Health | undefined {
  const word = /^(?:healthz|livez|readyz|health) check (passed|failed)$/.exec(line)?.[1];
  return word === undefined ? undefined : healthOfWord(word);
}

/** Only of these subjects: "no server is healthy" is a sentence too. */
function ofSentence(line: string): Health | undefined {
  const subject = /^(?:(?:the|this|prometheus) )?(?:server|service|application|app|api|system) is /i.exec(
    line,
  );
  return subject === null ? undefined : healthOfWord(line.slice(subject[0].length));
}

/** `OK - 3 of 3`, `ERROR: no database`; but `ready: 0/3` and `ok: false` are a name and a value. */
function ofReason(line: string): Health | undefined {
  const [, word = "", rest = ""] = /^([A-Za-z]{2,12})(?::| -) +(.+)$/.exec(line) ?? [];
  const health = healthOfPlainState(word);
  if (health !== "healthy") return health;
  return /^(?:ok|pass|passed)$/i.test(word) && /[a-z]{2}/i.test(rest) && healthOfWord(rest) === undefined
    ? health
    : undefined;
}

/** https://kubernetes.io/docs/reference/using-api/health-checks/ */
function ofCheckLines(lines: readonly string[]): HealthReading | undefined {
  const parts = new Map<string, Health>();
  for (const line of lines) {
    const [, sign, name = ""] = /^\[([+-])\](\S{1,60}) /.exec(line) ?? [];
    if (sign !== undefined) parts.set(plain(name, 60), sign === "+" ? "healthy" : "unhealthy");
    else if (ofVerdict(line) === undefined) return undefined;
  }
  const failed = [...parts].filter(([, health]) => health === "unhealthy").map(([name]) => name);
  const verdicts = lines.map(ofVerdict).filter((one) => one !== undefined);
  const health = failed.length > 0 || verdicts.includes("unhealthy") ? "unhealthy" : "healthy";
  const summary = failed.length > 0 ? `failed ${quoted(failed.join(", "))}` : `${parts.size} checks passed`;
  return { health, summary, ...withParts(parts) };
}

/** `status: ok` among other lines, or nothing but names and states. */
function ofPairs(lines: readonly string[]): HealthReading | undefined {
  const pairs = lines.map((line) => /^([\w .-]{1,60}?)\s*[:=]\s*([^:=]{1,200})$/.exec(line));
  for (const pair of pairs) {
    const [line, name = "", value = ""] = pair ?? [];
    if (line === undefined || !/^(?:status|state|health)$/i.test(name)) continue;
    const health = healthOfWord(value);
    const unknown = `${quoted(line)}, a word not known`;
    return { health: health ?? "unknown", summary: health === undefined ? unknown : quoted(line) };
  }
  // The name of a thing, and not a word for a state: `unhealthy: ok` tells nothing.
  if (pairs.some((pair) => healthOfWord(pair?.[1] ?? "") !== undefined)) return undefined;
  const states = pairs.map((pair) => healthOfPlainState(pair?.[2] ?? ""));
  if (states.includes(undefined)) return undefined;
  const parts = new Map(pairs.map((pair, at) => [plain(pair?.[1] ?? "", 60), states[at] ?? "unknown"]));
  return { health: together(parts.values()), summary: `${parts.size} parts`, ...withParts(parts) };
}
