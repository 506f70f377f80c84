import { readHealth } from "../../src/health/read-health.ts";
import type { HealthReading } from "../../src/health/reading.ts";
import { type Redirect, redirectOf } from "../../src/health/redirect.ts";
import { linkedAbort } from "../../src/identify/linked-abort.ts";
import type { CatalogEntry } from "../../src/model/catalog.ts";
import type { HttpSession, TimedReply } from "../../src/model/net.ts";
import type { Claim, HealthReport, Observation, TlsFacts } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";
import { openSession, originOf } from "./ask-http.ts";
import { type InParts, followed } from "./followed.ts";

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
 * there is named only when it is well, so that asking again and again costs one request each time; and only after the
 * answer was reported, since other paths of that server may hang.
 */
export function askingOnly(url: AskedUrl): Strategy {
  return {
    name: "http",
    summary: "Asks one URL for its health",
    observe: (scope, context) =>
      followed(
        context.scanner.each(
          context.scanner.sweep(scope),
          (swept) => observeAt(swept, url, scope, context),
          ({ endpoint }) => endpoint.address,
        ),
      ),
  };
}

/** All that one answer shows of who gave it. */
const SPEAKS_HTTP: Claim = {
  type: "http",
  confidence: 0.5,
  overHttp: true,
  summary: "answered over HTTP",
};

async function observeAt(
  swept: SweptEndpoint,
  url: AskedUrl,
  scope: Scope,
  context: StrategyContext,
): Promise<InParts<Observation>> {
  const { endpoint, outcome, latencyMs } = swept;
  const names = scope.targets.hostnames.get(endpoint.address);
  const seen = { strategy: "http", endpoint, outcome, latencyMs, ...(names && { hostnames: names }) };
  const report = outcome === "open" ? await ask(swept, url, scope, context) : undefined;
  const at = (): number => context.clock.now();
  if (report === undefined) {
    const scheme = url.tls ? "HTTPS" : "HTTP";
    const reason = `gave no answer over ${scheme} to GET ${bare(url.path)}`;
    return { first: { ...seen, at: at(), reason } };
  }
  const checks = [report];
  if (report.health === "unhealthy") return { first: { ...seen, at: at(), claim: SPEAKS_HTTP, checks } };
  const tls = url.tls ? await handshake(swept, url, scope, context) : undefined;
  const first = { ...seen, at: at(), claim: SPEAKS_HTTP, checks, ...(tls && { tls }) };
  const name = async (): Promise<Observation | undefined> => {
    const { claim } = await context.identify(swept);
    if (claim === undefined) return undefined;
    // How it fares is what the path says that the user named.
    const { health: _health, ...named } = claim;
    return { ...seen, at: at(), claim: named, ...(tls && { tls }) };
  };
  return { first, rest: name() };
}

/** What the server shows of itself to who asks for it by that name; undefined where this one handshake fails. */
async function handshake(
  { endpoint }: SweptEndpoint,
  { hostname }: AskedUrl,
  { timeoutMs }: Scope,
  { scanner, signal }: StrategyContext,
): Promise<TlsFacts | undefined> {
  const connection = await scanner.dial(endpoint, { timeoutMs, signal });
  const servername = hostname === undefined ? {} : { servername: hostname };
  const secured = await connection?.secure({ timeoutMs, signal, alpn: ["http/1.1"], ...servername });
  if (secured?.kind !== "open") {
    connection?.close();
    return undefined;
  }
  secured.connection.close();
  return secured.facts;
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

/** Only a whole 2xx is well: 404 is an answer, and not the one that was hoped for. */
function readingOf(reply: TimedReply, path: string): Told {
  const { doubtful: _doubtful, ...told } = readHealth(reply, { path, owner: OWNER }) ?? unreadable(reply);
  const isWell = reply.status >= 200 && reply.status <= 299;
  const missing = isWell ? missingOf(reply) : undefined;
  if (missing !== undefined) return { health: "unhealthy", summary: missing };
  return told.health === "unknown" && !isWell ? { ...told, health: "unhealthy" } : told;
}

/** What keeps a body from being read to its end. A long page is one, too; in what is left out of JSON all may stand. */
function missingOf({ cut, headers, body }: TimedReply): string | undefined {
  if (cut === undefined) return undefined;
  if (cut !== "size") return "its body stopped half-way";
  const isJson = /\bjson\b/i.test(headers["content-type"] ?? "") || /^[\s\ufeff]*[[{]/.test(body);
  return isJson ? "only the first 64 KiB of it were read" : undefined;
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
