import { bySurety, claimsFromHttp } from "../catalog/match.ts";
import type { Catalog } from "../model/catalog.ts";
import type { FirstConnection, HttpSession } from "../model/net.ts";
import type { Claim } from "../model/observation.ts";
import { likelyEntries } from "./hints.ts";
import type { IdentifyTools, Subject } from "./identification.ts";
import { remembering } from "./remembering.ts";
import { firstResult } from "./staggered.ts";

export interface NamedHttp {
  readonly claim?: Claim;
  /** Of the answer to `GET /`; absent where there was none. */
  readonly status?: number;
}

/** No surer than this, a claim only adds to a surer one of its type: see `Claim.confidence`. */
const FITS = 0.5;
/** Sure enough to ask no other kind's questions. */
const SURE = 0.9;
/** Requests at once, and connections to make them on, where answers are slow and there are so many sockets. */
const AT_ONCE = 4;
/** A request has time for so many others to begin beside it. */
const STAGGERS_A_REQUEST = 20;

/** A session for naming, begun on `first` where that is there. */
export function openNaming(
  { endpoint, hostname }: Subject,
  tls: boolean,
  { net, dial, httpTimeoutMs: timeoutMs, signal, sockets }: IdentifyTools,
  first: FirstConnection | undefined,
): Promise<HttpSession> {
  const name = hostname === undefined ? {} : { hostname };
  const connections = Math.min(AT_ONCE, sockets);
  const options = { endpoint, tls, ...name, timeoutMs, signal, connections, ...(first && { first }) };
  return net.http(options, dial).then(remembering);
}

/** Names what is served over HTTP: `/` first, then the paths of the likely, then everybody's, until one is sure. */
export async function nameHttp(
  session: HttpSession,
  subject: Subject,
  { catalog, httpTimeoutMs, signal }: IdentifyTools,
): Promise<NamedHttp> {
  const findings = new Findings(catalog, session);
  const root = await findings.ask(["/"]);
  if (root === 0) return {};
  const likely = likelyEntries(subject, catalog).flatMap(({ http = [] }) => http.map(({ path }) => path));
  const all = catalog.entries.flatMap(({ http = [] }) => http.map(({ path }) => path));
  await findings.askUntilSure([...likely, ...all], httpTimeoutMs / STAGGERS_A_REQUEST, signal);
  const claim = await findings.conclude();
  return { ...(findings.status !== undefined && { status: findings.status }), ...(claim && { claim }) };
}

/** What the answers so far amount to. */
class Findings {
  status: number | undefined;
  readonly #catalog: Catalog;
  readonly #session: HttpSession;
  readonly #asked = new Set<string>();
  readonly #claims = new Map<string, Claim>();

  constructor(catalog: Catalog, session: HttpSession) {
    this.#catalog = catalog;
    this.#session = session;
  }

  /** Asks these paths at once, those that were asked before left out. Resolves to how many answered. */
  async ask(paths: readonly string[]): Promise<number> {
    const fresh = [...new Set(paths)].filter((path) => !this.#asked.has(path));
    const replies = await Promise.all(
      fresh.map(async (path) => {
        this.#asked.add(path);
        const reply = await this.#session.get(path);
        if (reply === undefined) return 0;
        if (path === "/") this.status = reply.status;
        for (const claim of claimsFromHttp(this.#catalog, path, reply)) this.#add(claim);
        return 1;
      }),
    );
    return replies.reduce<number>((sum, count) => sum + count, 0);
  }

  /** One after the other, or beside those that take longer than `staggerMs`. */
  async askUntilSure(paths: readonly string[], staggerMs: number, signal: AbortSignal): Promise<void> {
    const open = [...new Set(paths)].filter((path) => !this.#asked.has(path));
    let silences = 0;
    const isOver = (): boolean => silences >= AT_ONCE || this.#isSure();
    const attempts = open.map((path) => async () => {
      if (isOver()) return true;
      const answered = await this.ask([path]);
      silences = answered === 0 ? silences + 1 : 0; // too many of them: it has stopped answering
      return isOver() ? true : undefined;
    });
    if (!isOver()) await firstResult(attempts, { staggerMs, atOnce: AT_ONCE, signal, discard: () => {} });
  }

  /** The surest claim, with what the rest of its own paths have to add. */
  async conclude(): Promise<Claim | undefined> {
    const type = this.#best()?.type;
    if (type === undefined) return undefined;
    const paths = this.#catalog.get(type)?.http?.map(({ path }) => path) ?? [];
    if (!this.#isCarrier(type)) await this.ask(paths);
    const claim = this.#claims.get(type);
    return claim && this.#withCarrier(claim);
  }

  #best(): Claim | undefined {
    const claims = [...this.#claims.values()];
    const named = claims.filter(({ type, confidence }) => !this.#isCarrier(type) && confidence > FITS);
    return (named.length > 0 ? named : claims).toSorted(bySurety)[0];
  }

  #isSure(): boolean {
    return (this.#best()?.confidence ?? 0) >= SURE;
  }

  #isCarrier(type: string): boolean {
    return this.#catalog.get(type)?.carrier === true;
  }

  #add(claim: Claim): void {
    const before = this.#claims.get(claim.type);
    this.#claims.set(claim.type, before === undefined ? claim : united(before, claim));
  }

  /** What carries it goes into the metadata of what is served. */
  #withCarrier(claim: Claim): Claim {
    if (this.#isCarrier(claim.type)) return claim;
    const carriers = [...this.#claims.values()].filter(({ type }) => this.#isCarrier(type));
    const product = carriers
      .toSorted(bySurety)
      .find((one) => one.product !== undefined && one.product !== claim.product);
    if (product === undefined) return claim;
    const server = [product.product, product.version].filter((part) => part !== undefined).join("/");
    return { ...claim, metadata: { ...claim.metadata, server } };
  }
}

/** Two answers that point at the same kind: surer than either, and knowing what both know. */
function united(a: Claim, b: Claim): Claim {
  const [more, less] = [a, b].toSorted(bySurety);
  if (more === undefined || less === undefined) return a;
  const unsure = (1 - a.confidence) * (1 - b.confidence);
  return {
    ...less,
    ...more,
    confidence: Math.max(more.confidence, Math.round(Math.min(0.99, 1 - unsure) * 100) / 100),
    summary: `${a.summary}; ${b.summary}`,
    ...((a.metadata ?? b.metadata) && { metadata: { ...less.metadata, ...more.metadata } }),
  };
}
