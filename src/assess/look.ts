import { askingOnly } from "../../strategies/http/one-path.ts";
import type { Look, Wanted } from "../boot/tools.ts";
import { discover } from "../discover.ts";
import { firstCheck } from "../inventory/first-check.ts";
import { checkText } from "../model/check-text.ts";
import { endpointText } from "../model/endpoint.ts";
import { messageOf } from "../model/error-code.ts";
import type { Inventory, Service } from "../model/inventory.ts";
import type { DiscoverOptions } from "../model/options.ts";
import type { Knowledge } from "../model/plan.ts";

export interface LookOptions {
  readonly knowledge: Pick<Knowledge, "isNamed" | "satisfies">;
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
    const { healthPath } = wanted;
    const inventory = await inventoryAt(
      at,
      healthPath === undefined ? ["tcp", "http"] : ["tcp"],
      signal,
      tools,
    );
    const service = serviceAt(inventory, at);
    if (service === undefined) return absence(at, inventory);
    const wrong = mismatch(service, wanted, at, tools);
    if (wrong !== undefined) return { ...wrong, ...namesOf(service) };
    if (healthPath === undefined) return { ...healthOf(service), ...namesOf(service) };
    const asked = askingOnly({ tls: service.tls, path: healthPath });
    const answered = serviceAt(await inventoryAt(at, [asked], signal, tools), at);
    return { ...answerOf(answered, healthPath), ...namesOf(service) };
  } catch (error) {
    return { state: "unknown", summary: messageOf(error), version: null, url: null };
  }
}

async function inventoryAt(
  { address, port }: Place,
  strategies: NonNullable<DiscoverOptions["strategies"]>,
  signal: AbortSignal,
  { options }: LookOptions,
): Promise<Inventory> {
  return discover({ ...options, targets: [address], ports: [port], strategies, signal }).inventory();
}

function serviceAt({ services }: Inventory, { address, port }: Place): Service | undefined {
  return services.find((one) => one.port === port && one.addresses.includes(address));
}

function absence(at: Place, { coverage }: Inventory): Look {
  const { closed, filtered, unreachable, failed } = coverage;
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
