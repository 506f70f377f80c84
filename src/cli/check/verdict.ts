import { isWanted } from "../../inventory/wanted.ts";
import type { Catalog } from "../../model/catalog.ts";
import type { Service } from "../../model/inventory.ts";
import { objectAt, stringAt } from "../../model/json.ts";
import type { Listener } from "../../model/listener.ts";
import type { ProcessFacts } from "../../model/observation.ts";
import type { PortBindings, PortState } from "../../model/port-report.ts";
import { productOf } from "../wait/report.ts";

/** All that was seen of a port. */
export interface PortFacts {
  readonly port: number;
  /** The type or product that it should be. */
  readonly wanted?: string;
  readonly bindings: PortBindings;
  /** Sockets of this machine that listen on it. */
  readonly listeners: readonly Listener[];
  /** What answered there. */
  readonly services: readonly Service[];
}

export interface PortVerdict {
  readonly state: PortState;
  /** In one line. */
  readonly summary: string;
}

/**
 * Who has a port:
 *
 * - nobody, where nobody listens or answers and it could be bound; or could not be tried, which the line says
 * - what it should be, where all that answers there is that
 * - something else: what answers, what listens and does not answer, or a socket that does neither
 */
export function judgePort(facts: PortFacts, catalog: Catalog): PortVerdict {
  const { port, wanted, services, listeners, bindings } = facts;
  if (services.length > 0) return judgeServices(facts, catalog);
  const not = wanted === undefined ? "" : `, not ${wanted}`;
  const taken = (by: string): PortVerdict => ({ state: "other", summary: `port ${port} is taken by ${by}` });
  const [listener] = listeners;
  if (listener !== undefined)
    return taken(`something that does not answer${not}${inBrackets(processWords(listener.process))}`);
  const both = [bindings.ipv4, bindings.ipv6];
  if (both.includes("taken"))
    return taken(`a socket that does not listen${not} (such as this end of a connection to elsewhere)`);
  return { state: "free", summary: `port ${port} is free${doubtOf(bindings)}` };
}

/** What keeps a free port from being certain, or from being of use. */
function doubtOf(bindings: PortBindings): string {
  const both = [bindings.ipv4, bindings.ipv6];
  if (both.includes("free")) return "";
  if (both.includes("forbidden"))
    return " as far as can be seen: nobody answers, and this user may not bind it";
  return " as far as can be seen: nobody answers, and it could not be tried";
}

function judgeServices({ port, wanted, services, listeners }: PortFacts, catalog: Catalog): PortVerdict {
  const isIt = (service: Service): boolean => wanted !== undefined && isWanted(service, wanted, catalog);
  const others = services.filter((service) => !isIt(service));
  const right = services.filter(isIt);
  const shown = others.length > 0 ? others : right;
  const by = shown.map((service) => holderText(service, listeners, services.length > 1));
  const said = by.map(({ name, detail }, at) => {
    const not = wanted !== undefined && others.length > 0 && at === by.length - 1 ? `, not ${wanted}` : "";
    return `${name}${not}${detail}`;
  });
  const besides = others.length > 0 && right.length > 0 ? `, besides ${wanted} at ${placesOf(right)}` : "";
  return {
    state: others.length > 0 ? "other" : "expected",
    summary: `port ${port} is taken by ${said.join(" and ")}${besides}`,
  };
}

/** `postgresql`, ` (PostgreSQL 15.18, process postgres, pid 812)`. */
function holderText(
  service: Service,
  listeners: readonly Listener[],
  isOneOfMany: boolean,
): { readonly name: string; readonly detail: string } {
  const name = service.type === "unknown" ? "something unknown" : service.type;
  const process = processOf(service);
  const words = [
    productOf(service),
    processWords(process),
    service.status === "unhealthy" || service.status === "degraded" ? service.status : undefined,
    listeners.length === 0 ? "no socket of this machine's own: it is forwarded" : undefined,
  ];
  const where = isOneOfMany ? ` at ${placesOf([service])}` : "";
  return {
    name: `${name}${where}`,
    detail: inBrackets(words.filter((word) => word !== undefined).join(", ")),
  };
}

function placesOf(services: readonly Service[]): string {
  return services.flatMap(({ addresses }) => addresses).join(", ");
}

function processOf({ metadata }: Service): ProcessFacts | undefined {
  const process = objectAt(metadata, "process");
  const name = stringAt(process, "name");
  const pid = process?.["pid"];
  return name === undefined || typeof pid !== "number" ? undefined : { name, pid };
}

function processWords(process: ProcessFacts | undefined): string | undefined {
  return process && `process ${process.name}, pid ${process.pid}`;
}

function inBrackets(text: string | undefined): string {
  return text === undefined || text === "" ? "" : ` (${text})`;
}
