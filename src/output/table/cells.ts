import { WANTS_CERTIFICATE } from "../../model/client-certificate.ts";
import { endpointText } from "../../model/endpoint.ts";
import type { Service } from "../../model/inventory.ts";
import { arrayAt, asObject, objectAt, stringAt } from "../../model/json.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Health } from "../../model/observation.ts";
import { printable } from "../printable.ts";
import type { Cell } from "./columns.ts";
import type { Style } from "./paint.ts";
import { age } from "./quantity.ts";

const HEADINGS = ["SERVICE", "ADDRESS", "STATUS", "DETAILS"];

export const HEADER: readonly Cell[] = HEADINGS.map((text) => ({ text, style: "bold" }));

const HEALTH_STYLES: Readonly<Record<Health, Style>> = {
  healthy: "green",
  degraded: "yellow",
  unhealthy: "red",
  protected: "cyan",
  unknown: "dim",
};

/** A service under the headings; `at` is the moment, in milliseconds since the epoch, by which the age of a stale one goes. */
export function cells(service: Service, at?: number): readonly Cell[] {
  const row = freshCells(service);
  if (service.stale !== true) return row;
  const seen = at === undefined ? "" : `, seen ${age(at - Date.parse(service.lastSeen))} ago`;
  const noted = row.map(({ text }, column) =>
    column === row.length - 1 ? [`stale${seen}`, text].filter(Boolean).join("; ") : text,
  );
  return noted.map((text) => ({ text, style: "dim" }) as const);
}

function freshCells(service: Service): readonly Cell[] {
  const text = { text: printable(title(service)) };
  return [
    service.type === "unknown" ? { ...text, style: "dim" } : text,
    { text: printable(address(service)) },
    { text: printable(service.status), style: HEALTH_STYLES[service.status] },
    { text: printable(details(service)) },
  ];
}

/** `redis 7.0.15`, `mysql · MariaDB 10.11.6`: a product that only repeats the type is left out. */
function title({ type, product, version, metadata }: Service): string {
  const repeated = product === null || product.toLowerCase() === type.toLowerCase();
  const announced = type === "unknown" ? stringAt(announcementOf(metadata), "serviceType") : undefined;
  return [type, announced && `· ${announced}`, repeated ? undefined : `· ${product}`, version]
    .filter(Boolean)
    .join(" ");
}

/** The first word that others have for it. */
function announcementOf(metadata: JsonObject): JsonObject | undefined {
  return asObject(arrayAt(metadata, "announcements")?.[0]);
}

function address(service: Service): string {
  const protocol = service.transport === "tcp" ? "" : `/${service.transport}`;
  const where = endpointText({ address: service.host, port: service.port }) + protocol;
  const [first, ...more] = service.hostnames.filter(
    (hostname) => hostname !== service.host && hostname !== "localhost",
  );
  if (first === undefined) return where;
  return `${where} (${first}${more.length > 0 ? ` +${more.length}` : ""})`;
}

function details(service: Service): string {
  const { metadata } = service;
  return [
    service.name === service.type ? undefined : service.name,
    processText(objectAt(metadata, "process")),
    service.tls ? tlsText(objectAt(metadata, "tls"), service.lastSeen) : undefined,
    modelsText(metadata),
    healthText(service),
    announcedText(service),
    firstWords(service),
    alsoText(service),
  ]
    .filter((part) => part !== undefined)
    .join("; ");
}

function processText(process: JsonObject | undefined): string | undefined {
  if (process === undefined) return undefined;
  const { pid } = process;
  return `${stringAt(process, "name") ?? "process"}${typeof pid === "number" ? ` (pid ${pid})` : ""}`;
}

/** `TLS db.example until 2027-03-01, self-signed certificate`; that it has expired is said once. */
function tlsText(tls: JsonObject | undefined, lastSeen: string): string {
  const certificate = objectAt(tls, "certificate");
  const wants = stringAt(tls, "clientCertificate") === "required" ? WANTS_CERTIFICATE : undefined;
  if (certificate === undefined)
    return [stringAt(tls, "protocol") ?? "TLS", wants].filter(Boolean).join(", ");
  const validTo = stringAt(certificate, "validTo");
  const expired = validTo !== undefined && Date.parse(validTo) < Date.parse(lastSeen);
  return [
    [
      "TLS",
      stringAt(certificate, "subject"),
      validTo && `${expired ? "expired" : "until"} ${validTo.slice(0, 10)}`,
    ]
      .filter(Boolean)
      .join(" "),
    expired ? undefined : stringAt(certificate, "problem"),
    wants,
  ]
    .filter(Boolean)
    .join(", ");
}

function modelsText(metadata: JsonObject): string | undefined {
  const models = arrayAt(metadata, "models")?.filter((model) => typeof model === "string");
  if (models === undefined) return undefined;
  if (models.length === 0) return "no models";
  return `${models.length === 1 ? "model" : `${models.length} models`} ${models.join(", ")}`;
}

/** Why it is not well, where a health check says so. */
function healthText({ status, metadata }: Service): string | undefined {
  const check = asObject(arrayAt(metadata, "checks")?.[0]);
  if (check === undefined || (status !== "degraded" && status !== "unhealthy")) return undefined;
  return `GET ${stringAt(check, "path") ?? "/"}: ${stringAt(check, "summary") ?? status}`;
}

/** What came of looking where it is said to be; nothing where somebody was there. */
function announcedText({ metadata, strategies }: Service): string | undefined {
  const announcement = announcementOf(metadata);
  if (announcement === undefined || announcement["verified"] === true) return undefined;
  const by = stringAt(announcement, "strategy");
  if (announcement["verified"] === false) return `announced (${by}), and nothing answers there`;
  return strategies.some((name) => name !== "dns" && name !== "mdns")
    ? `announced (${by}), no answer`
    : `announced (${by})`;
}

/** What a peer that nobody recognised said, or what else was seen of it that was not said already. */
function firstWords({ type, metadata, evidence }: Service): string | undefined {
  const bytes = stringAt(metadata, "firstBytes");
  if (bytes !== undefined) return `said "${bytes}"`;
  if (type !== "unknown" || announcementOf(metadata) !== undefined) return undefined;
  const summary = evidence[0]?.summary;
  return summary === WANTS_CERTIFICATE ? undefined : summary;
}

function alsoText({ addresses, host }: Service): string | undefined {
  const others = addresses.filter((address) => address !== host);
  return others.length === 0 ? undefined : `also ${others.join(", ")}`;
}
