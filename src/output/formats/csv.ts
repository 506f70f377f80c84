import type { Evidence, Service } from "../../model/inventory.ts";
import type { DocumentFormat } from "../../model/output.ts";
import { jsonText } from "../json-text.ts";
import { escapeCharacter } from "../printable.ts";

type Cell = string | number | boolean | null;

/** Header and cell of each column, in order; every field of a service has one. */
const COLUMNS: { readonly [Field in Exclude<keyof Service, "stale">]: (service: Service) => Cell } = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  type: ({ type }) => type,
  category: ({ category }) => category,
  host: ({ host }) => host,
  port: ({ port }) => port,
  transport: ({ transport }) => transport,
  addresses: ({ addresses }) => addresses.join(" "),
  hostnames: ({ hostnames }) => hostnames.join(" "),
  url: ({ url }) => url,
  tls: ({ tls }) => tls,
  status: ({ status }) => status,
  product: ({ product }) => product,
  version: ({ version }) => version,
  confidence: ({ confidence }) => confidence,
  latencyMs: ({ latencyMs }) => latencyMs,
  strategies: ({ strategies }) => strategies.join(" "),
  metadata: ({ metadata }) => jsonText(metadata),
  lastSeen: ({ lastSeen }) => lastSeen,
  ttlSeconds: ({ ttlSeconds }) => ttlSeconds,
  evidence: ({ evidence }) => evidence.map(seen).join("; "),
};

/** One more where the cache answered: what a scan finds is never stale. */
const CACHED_COLUMNS: typeof COLUMNS & { readonly stale: (service: Service) => Cell } = {
  ...COLUMNS,
  stale: ({ stale = false }) => stale,
};

function seen({ strategy, summary }: Evidence): string {
  return `${strategy}: ${summary}`;
}

// CSV has no escapes of its own. Tabs and line ends may stand within quotes; what else a terminal would obey is shown.
const CONTROL = /(?![\t\r\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

// What a spreadsheet takes for a formula, its full-width twins included (OWASP, "CSV Injection").
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A cell by RFC 4180, section 2: quoted where it has to be, its quotes doubled. */
function cell(value: Cell): string {
  const text = String(value ?? "").replace(CONTROL, escapeCharacter);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function row(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

const format: DocumentFormat = {
  kind: "document",
  name: "csv",
  summary: "One row a service, for spreadsheets",
  extensions: ["csv"],
  format({ services, scan }) {
    const columns = scan.cached === true ? CACHED_COLUMNS : COLUMNS;
    const rows = services.map((service) => row(Object.values(columns).map((column) => column(service))));
    return row(Object.keys(columns)) + rows.join("");
  },
};

export default format;
