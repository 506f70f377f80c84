import { readHealth } from "../../src/health/read-health.ts";
import type { HealthReading } from "../../src/health/reading.ts";
import { type Redirect, redirectOf } from "../../src/health/redirect.ts";
import { linkedAbort } from "../../src/identify/linked-abort.ts";
import type { CatalogEntry } from "../../src/model/catalog.ts";
import type { HttpSession, TimedReply } from "../../src/model/net.ts";
import type { HealthReport, Observation } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";
import { openSession, originOf } from "./ask-http.ts";

/** One URL: the sweep brings its addresses and port. */
export interface AskedUrl {
  readonly tls: boolean;
  /** With its query, which is never shown. */
  readonly path: string;
  /** For SNI and the Host header, where the URL has a name. */
  readonly hostname?: string;
}

const MOST_REDIRECTS = 5;

/**
 * The http strategy with one question, the user's own: a GET of that path, and what its answer says of health. What is
 * there is named only when it is well, so that asking again and again costs one request each time.
 */
export function askingOnly(url: AskedUrl): Strategy {
  return {
    name: "http",
    summary: "Asks one URL for its health",
    observe: (scope, context) =>
      context.scanner.each(
        context.scanner.sweep(scope),
        (swept) => observeAt(swept, url, scope, context),
        ({ endpoint }) => endpoint.address,
      ),
  };
}

async function observeAt(
  swept: SweptEndpoint,
  url: AskedUrl,
  scope: Scope,
  context: StrategyContext,
): Promise<Observation> {
  const { endpoint, outcome, latencyMs } = swept;
  const names = scope.targets.hostnames.get(endpoint.address);
  const seen = { strategy: "http", endpoint, outcome, latencyMs, ...(names && { hostnames: names }) };
  const report = outcome === "open" ? await ask(swept, url, scope, context) : undefined;
  const at = (): number => context.clock.now();
  if (report === undefined) {
    const scheme = url.tls ? "HTTPS" : "HTTP";
    return { ...seen, at: at(), reason: `gave no answer over ${scheme} to GET ${bare(url.path)}` };
  }
  const checks = [report];
  if (report.health === "unhealthy") return { ...seen, at: at(), checks };
  const { claim, tls } = await context.identify(swept);
  return { ...seen, at: at(), checks, ...(claim && { claim }), ...(tls && { tls }) };
}

async function ask(
  { endpoint }: SweptEndpoint,
  { tls, path, hostname }: AskedUrl,
  scope: Scope,
  context: StrategyContext,
): Promise<HealthReport | undefined> {
  const stop = linkedAbort(context.signal);
  const claim = { type: "http", confidence: 0, summary: "" };
  const subject = { endpoint, claim, tls, ...(hostname !== undefined && { hostname }) };
  const tools = { dial: context.scanner.dial, signal: stop.signal };
  try {
    const session = await openSession(subject, scope, context, tools);
    try {
      return await follow(session, path, originOf(subject));
    } finally {
      await session.close();
    }
  } finally {
    stop.dispose();
  }
}

/** The answer at the end of the way, which never leaves the origin. */
async function follow(session: HttpSession, path: string, origin: string): Promise<HealthReport | undefined> {
  let next = path;
  for (let hops = 0; ; hops++) {
    const reply = await session.get(next);
    if (reply === undefined) return undefined;
    const redirect = redirectOf(reply, next, origin);
    if (redirect === undefined) return reportOf(bare(path), reply, readingOf(reply, bare(next)));
    const end = endOf(redirect, hops);
    if (end !== undefined) return reportOf(bare(path), reply, end);
    next = redirect.path;
  }
}

type Told = Pick<HealthReport, "health" | "summary" | "parts">;

/** What a redirect says that is not followed; undefined where it is. */
function endOf({ kind, shown }: Redirect, hops: number): Told | undefined {
  if (kind === "log-in") return { health: "protected", summary: `redirects to ${shown}, to log in` };
  // Shown with its origin: it is another one, and asking there is for who named this one to decide.
  if (!shown.startsWith("/"))
    return { health: "unhealthy", summary: `redirects to ${shown}, another server` };
  return hops < MOST_REDIRECTS ? undefined : { health: "unhealthy", summary: "redirects on and on" };
}

/** Who names a path promises, as the makers of a kind of service do for theirs, that its status code tells. */
const OWNER: CatalogEntry = {
  type: "asked",
  title: "What was asked for",
  category: "unknown",
  summary: "Whatever serves the path that the user named",
  ports: [],
  examples: [],
};

/** Only a 2xx is well: 404 is an answer, and not the one that was hoped for. */
function readingOf(reply: TimedReply, path: string): Told {
  const { doubtful: _doubtful, ...told } = readHealth(reply, { path, owner: OWNER }) ?? unreadable(reply);
  const isWell = reply.status >= 200 && reply.status <= 299;
  return told.health === "unknown" && !isWell ? { ...told, health: "unhealthy" } : told;
}

function unreadable({ status }: TimedReply): HealthReading {
  return { health: "unhealthy", summary: status === 404 ? "no such path" : "neither well nor failing" };
}

function reportOf(path: string, { status, latencyMs }: TimedReply, told: Told): HealthReport {
  return { path, code: status, latencyMs: Math.round(latencyMs * 100) / 100, ...told };
}

/** Without its query: that may hold secrets. */
function bare(path: string): string {
  return path.replace(/[?#].*$/s, "");
}
