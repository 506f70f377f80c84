import { askingOnly } from "../../strategies/http/one-path.ts";
import type { Look, Wanted } from "../boot/tools.ts";
import { discover } from "../discover.ts";
import { firstCheck } from "../inventory/first-check.ts";
import { checkText } from "../model/check-text.ts";
import { endpointText } from "../model/endpoint.ts";
import { messageOf } from "../model/error-code.ts";
import type { Service } from "../model/inventory.ts";
import type { DiscoverOptions } from "../model/options.ts";
import type { Coverage } from "../model/outcome.ts";
import type { Knowledge } from "../model/plan.ts";

export interface LookOptions {
  readonly knowledge: Pick<Knowledge, "isNamed" | "isGeneric" | "satisfies">;
  /** How hard to try. */
  readonly options: Pick<DiscoverOptions, "timeoutMs" | "httpTimeoutMs" | "httpHeaders" | "onDebug">;
}

interface Place {
  readonly address: string;
  readonly port: number;
}

/**
 * Looks at one endpoint again: one connect, one handshake, and one request where a path is to be asked. Never rejects.
 */
export async function look(
  at: Place,
  wanted: Wanted,
  signal: AbortSignal,
  tools: LookOptions,
): Promise<Look> {
  try {
    return await lookTwice(at, wanted, { ...tools, signal });
  } catch (error) {
    return { state: "unknown", summary: messageOf(error), version: null, url: null };
  }
}

interface Context extends LookOptions {
  readonly signal: AbortSignal;
}

/** What it is, and then how it fares. What is only said to speak HTTP need not be named: its path says all there is to know. */
async function lookTwice(at: Place, wanted: Wanted, context: Context): Promise<Look> {
  const { healthPath: path, type } = wanted;
  const isPathAll = path !== undefined && wanted.version === undefined && context.knowledge.isGeneric(type);
  if (isPathAll) {
    const answered = await answerAt(at, path, false, context);
    if (answered.service !== undefined && firstCheck(answered.service) !== undefined)
      return { ...answerOf(answered.service, path), ...namesOf(answered.service) };
  }
  const strategies = path === undefined ? ["tcp", "http"] : ["tcp"];
  const { service, coverage } = await sightingAt(at, strategies, () => false, context);
  if (service === undefined) return absence(at, coverage);
  const wrong = mismatch(service, wanted, at, context);
  if (wrong !== undefined) return { ...wrong, ...namesOf(service) };
  if (path === undefined) return { ...healthOf(service), ...namesOf(service) };
  const answered = await answerAt(at, path, service.tls, context);
  return { ...answerOf(answered.service, path), ...namesOf(service) };
}

interface Sighting {
  readonly service: Service | undefined;
  readonly coverage: Coverage;
}

/** The answer decides: what else there is to learn of who gave it is not waited for. */
async function answerAt(at: Place, path: string, tls: boolean, context: Context): Promise<Sighting> {
  return sightingAt(at, [askingOnly({ tls, path })], (one) => firstCheck(one) !== undefined, context);
}

async function sightingAt(
  at: Place,
  strategies: NonNullable<DiscoverOptions["strategies"]>,
  isEnough: (service: Service) => boolean,
  { options, signal }: Context,
): Promise<Sighting> {
  const { address, port } = at;
  const stop = new AbortController();
  const run = discover({
    ...options,
    targets: [address],
    ports: [port],
    strategies,
    signal: AbortSignal.any([signal, stop.signal]),
  });
  let enough: Service | undefined;
  for await (const event of run) {
    if (event.event === "service" && isAt(event.service, at) && isEnough(event.service)) {
      enough = event.service;
      stop.abort();
    }
    if (event.event !== "finished") continue;
    const { services, coverage } = event.inventory;
    return { service: enough ?? services.find((one) => isAt(one, at)), coverage };
  }
  throw new Error("a run ends with its inventory");
}

function isAt({ port, addresses }: Service, at: Place): boolean {
  return port === at.port && addresses.includes(at.address);
}

function absence(at: Place, { closed, filtered, unreachable, failed }: Coverage): Look {
  const place = endpointText(at);
  const is = (state: Look["state"], why: string): Look => ({
    state,
    summary: `${place} ${why}`,
    version: null,
    url: null,
  });
  if (closed > 0) return is("absent", "refuses the connection");
  if (filtered > 0) return is("unknown", "does not answer");
  if (unreachable > 0) return is("unknown", "cannot be reached");
  return is(
    "unknown",
    failed > 0 ? "could not be tried: this machine ran out of sockets" : "was not asked in time",
  );
}

type Judged = Pick<Look, "state" | "summary">;

function mismatch(
  service: Service,
  { type, version: range }: Wanted,
  at: Place,
  { knowledge }: LookOptions,
): Judged | undefined {
  const place = endpointText(at);
  const { version } = service;
  if (!knowledge.isNamed(service, type)) {
    if (service.type !== "unknown")
      return { state: "other", summary: `${place} is ${service.type}, not ${type}` };
    const why = service.evidence[0]?.summary ?? "it did not say";
    return { state: "unknown", summary: `${place} is open, and not known to be ${type}: ${why}` };
  }
  if (range === undefined) return undefined;
  const fits = version === null ? undefined : knowledge.satisfies(version, range);
  if (fits === true) return undefined;
  if (fits === false)
    return { state: "other", summary: `${place} is ${type} ${version}, and ${range} is wanted` };
  return { state: "unknown", summary: `${place} does not tell its version, and ${range} is wanted` };
}

/** As it says itself; who only wants credentials is well. */
function healthOf(service: Service): Judged {
  const { status, type } = service;
  const name = [service.product ?? type, service.version].filter((word) => word !== null).join(" ");
  const why = service.evidence[0]?.summary ?? "";
  if (status === "unhealthy") return { state: "unhealthy", summary: `${name} is unhealthy: ${why}` };
  // A kind that says so by refusing our question refuses everybody's: PostgreSQL that starts up, Redis that loads.
  const check = firstCheck(service);
  if (status === "degraded" && (check === undefined || check.code > 299))
    return { state: "unhealthy", summary: `${name} is not ready: ${why}` };
  return { state: "healthy", summary: status === "degraded" ? `${name}, degraded` : name };
}

function answerOf(service: Service | undefined, path: string): Judged {
  const check = service && firstCheck(service);
  if (check === undefined) return { state: "unhealthy", summary: `GET ${path} was not answered` };
  const said = checkText(check);
  return check.code >= 200 && check.code <= 299
    ? { state: "healthy", summary: said }
    : { state: "unhealthy", summary: said };
}

function namesOf({ version, url }: Service): Pick<Look, "version" | "url"> {
  return { version, url };
}
