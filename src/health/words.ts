import type { Health } from "../model/observation.ts";

/**
 * The words of health endpoints: Spring Boot, MicroProfile, ASP.NET, draft-inadarei-api-health-check, gRPC,
 * Elasticsearch, Consul, Kubernetes, NestJS Terminus, Django, Envoy, and what people write by hand. In lower case, one
 * blank for any run of blanks, hyphens and underscores.
 */
const WORDS: Readonly<Record<"healthy" | "degraded" | "unhealthy" | "unknown", string>> = {
  healthy:
    "ok, okay, up, pass, passed, passing, healthy, ready, alive, live, green, available, " +
    "server available, all ok, all systems operational, operational, running, serving, online, " +
    "success, successful, good, fine, active, normal, working, connected, reachable, pong, true, " +
    "yes",
  degraded:
    "warn, warning, degraded, yellow, partial, partially available, partially degraded, " +
    "impaired, unstable, starting, starting up, initializing, pre initializing, loading, " +
    "loading model, draining, recovering",
  unhealthy:
    "fail, failed, failing, failure, down, unhealthy, red, error, errored, critical, fatal, " +
    "dead, bad, ko, nok, unavailable, service unavailable, offline, stopped, unready, notready, " +
    "out of service, maintenance, outage, major outage, disconnected, unreachable, false, no",
  unknown: "unknown, undefined, n/a, none, pending",
};

const MEANINGS: ReadonlyMap<string, Health> = new Map(
  (["healthy", "degraded", "unhealthy", "unknown"] as const).flatMap((health) =>
    WORDS[health].split(", ").map((word) => [word, health] as const),
  ),
);

/** Words that mean a state wherever they stand: `{"env":"live"}` and `{"mode":"active"}` say nothing of health. */
const PLAIN_STATES: ReadonlySet<string> = new Set(
  (
    "ok up pass passed passing healthy working connected reachable warn warning degraded fail " +
    "failed failing down unhealthy error critical unavailable disconnected unreachable"
  ).split(" "),
);

/** No word is longer. */
const LONGEST = 40;

/**
 * What a word means as the value of a status. Only ever the whole of it: "unhealthy" has "healthy" in it. `not` before a
 * good word makes it a bad one. Undefined for a word that is not known.
 */
export function healthOfWord(text: string): Health | undefined {
  const word = normal(text);
  if (word === undefined) return undefined;
  const meaning = MEANINGS.get(word);
  if (meaning !== undefined || !word.startsWith("not ")) return meaning;
  return MEANINGS.get(word.slice("not ".length)) === "healthy" ? "unhealthy" : undefined;
}

/** The same for a word that stands where no status is promised. */
export function healthOfPlainState(text: string): Health | undefined {
  const word = normal(text);
  return word !== undefined && PLAIN_STATES.has(word) ? MEANINGS.get(word) : undefined;
}

function normal(text: string): string | undefined {
  const trimmed = text.length > 2 * LONGEST ? "" : text.trim();
  if (trimmed === "" || trimmed.length > LONGEST) return undefined;
  return trimmed
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ")
    .replace(/[.!]{1,3}$/, "");
}
