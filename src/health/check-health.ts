import type { Catalog, CatalogEntry } from "../model/catalog.ts";
import type { HttpSession, TimedReply } from "../model/net.ts";
import type { Claim, HealthReport } from "../model/observation.ts";
import { type Finding, decide } from "./decide.ts";
import { readHealth } from "./read-health.ts";
import type { HealthReading } from "./reading.ts";
import { type Redirect, redirectOf } from "./redirect.ts";

/** What is asked for its health, and how to reach it. */
export interface HealthSubject {
  readonly session: HttpSession;
  /** What it was named; its kind's own paths come first. */
  readonly claim: Claim;
  readonly catalog: Catalog;
  /** `http://10.0.0.1:8080`: no question leaves it. */
  readonly origin: string;
}

/** Asked of everything: what most people call them. */
const USUAL = ["/health", "/ready"];
/** Asked of what nobody could name, besides: Kubernetes, Spring Boot, Prometheus and its kin, Rails. */
const CUSTOMARY = ["/healthz", "/actuator/health", "/-/healthy", "/up"];
/** Where one is met, the other is near. */
const SIBLINGS: ReadonlyMap<string, string> = new Map([
  ["/healthz", "/readyz"],
  ["/-/healthy", "/-/ready"],
]);
/** A path that nobody serves: who answers it as all is well answers everything so. */
const NOWHERE = "/sonde-7f3c9a-no-such-path";
const ROOT = "/";
const MOST_OWN = 3;
/** Requests to one endpoint, `GET /` included. */
const MOST_REQUESTS = 9;

/**
 * Asks a server that speaks HTTP for its health, with few requests at once over the session. The first report is the
 * one that counts (`decide`). None where nothing was answered at all.
 *
 * 1. The paths of its kind (`healthPaths`), and the usual ones; of what has no name, the customary ones too.
 * 2. Once per path, the path on the same host to which it has moved.
 * 3. The paths that come in pairs with those that told something.
 * 4. Where an answer is doubtful, a path that is not there: who answers it the same has told nothing.
 * 5. Where nothing was told, `GET /`.
 */
export async function checkHealth(subject: HealthSubject): Promise<HealthReport[]> {
  const asker = new Asker(subject);
  const { own, usual } = pathsFor(subject);
  await asker.ask([...own, ...usual]);
  await asker.ask(asker.met.flatMap((path) => SIBLINGS.get(path) ?? []));
  if (asker.isInDoubt) await asker.castDoubt();
  return asker.findings.length > 0 ? decide(asker.findings) : asker.askRoot();
}

function pathsFor({ claim, catalog }: HealthSubject): { own: readonly string[]; usual: readonly string[] } {
  const entry = catalog.get(claim.type);
  const own = (entry?.healthPaths ?? []).slice(0, MOST_OWN);
  // What only carries HTTP has paths of its own, and they tell less than those of what it serves.
  if (entry === undefined || entry.carrier === true)
    return { own: [], usual: [...USUAL, ...CUSTOMARY, ...own] };
  return { own, usual: USUAL };
}

/** Puts the questions and keeps what came of them. */
class Asker {
  findings: Finding[] = [];
  readonly #subject: HealthSubject;
  readonly #owner: CatalogEntry | undefined;
  readonly #asked = new Set<string>();

  constructor(subject: HealthSubject) {
    const entry = subject.catalog.get(subject.claim.type);
    this.#subject = subject;
    this.#owner = entry?.carrier === true ? undefined : entry;
  }

  /** The paths that told something for certain. */
  get met(): readonly string[] {
    return this.findings.filter(({ doubtful }) => !doubtful).map(({ report }) => report.path);
  }

  get isInDoubt(): boolean {
    return this.findings.some(({ doubtful }) => doubtful);
  }

  async ask(paths: readonly string[]): Promise<void> {
    await Promise.all([...new Set(paths)].map((path) => this.#askOne(path)));
  }

  async #askOne(path: string): Promise<void> {
    const reply = await this.#get(path);
    if (reply === undefined) return;
    const redirect = redirectOf(reply, path, this.#subject.origin);
    if (redirect?.kind === "moved") {
      const there = await this.#get(redirect.path);
      if (there !== undefined) this.#read(path, there, `at ${redirect.shown}: `);
    } else if (redirect?.kind === "log-in") this.#add(path, reply, loggingIn(redirect));
    else if (redirect === undefined) this.#read(path, reply);
  }

  #read(path: string, reply: TimedReply, where = ""): void {
    const owner = this.#ownerOf(path);
    const reading = readHealth(reply, { path, ...(owner && { owner }) });
    if (reading !== undefined) this.#add(path, reply, { ...reading, summary: `${where}${reading.summary}` });
  }

  #add(path: string, reply: TimedReply, { doubtful, ...reading }: HealthReading): void {
    const own = this.#ownerOf(path) !== undefined;
    this.findings.push({ report: reportOf(path, reply, reading), own, doubtful: doubtful === true });
  }

  #ownerOf(path: string): CatalogEntry | undefined {
    return this.#owner?.healthPaths?.includes(path) === true ? this.#owner : undefined;
  }

  /** Drops what a server said that says the same where nothing is. */
  async castDoubt(): Promise<void> {
    const reply = await this.#get(NOWHERE);
    const reading = reply && readHealth(reply, { path: NOWHERE });
    if (reading === undefined) return;
    this.findings = this.findings.filter(
      ({ report, doubtful }) =>
        !doubtful || report.health !== reading.health || report.code !== reply?.status,
    );
  }

  /** What the page itself tells, and what it was named for. */
  async askRoot(): Promise<HealthReport[]> {
    const reply = await this.#get(ROOT, 0);
    if (reply === undefined) return [];
    const redirect = redirectOf(reply, ROOT, this.#subject.origin);
    if (redirect?.kind === "log-in") return [reportOf(ROOT, reply, loggingIn(redirect))];
    const told = this.#owner === undefined ? readHealth(reply, { path: ROOT }) : undefined;
    const certain = told?.doubtful === true || told?.health === "unknown" ? undefined : told;
    const { health = "unknown", summary } = this.#subject.claim;
    const where = redirect === undefined ? "" : `redirects to ${redirect.shown}`;
    const said = certain?.summary ?? (this.#owner === undefined ? where : summary);
    const reading = {
      health: certain?.health ?? health,
      summary: `no path for health answered, only this one${said && `: ${said}`}`,
    };
    return [reportOf(ROOT, reply, { ...(certain?.parts && { parts: certain.parts }), ...reading })];
  }

  /** One question, while there are any `left`: the last is kept for `GET /`. */
  async #get(path: string, kept = 1): Promise<TimedReply | undefined> {
    if (this.#asked.has(path) || this.#asked.size + kept >= MOST_REQUESTS) return undefined;
    this.#asked.add(path);
    return this.#subject.session.get(path);
  }
}

function loggingIn({ shown }: Redirect): HealthReading {
  return { health: "protected", summary: `redirects to ${shown}, to log in` };
}

function reportOf(
  path: string,
  { status, latencyMs }: TimedReply,
  reading: Pick<HealthReport, "health" | "summary" | "parts">,
): HealthReport {
  return { path, code: status, latencyMs: Math.round(latencyMs * 100) / 100, ...reading };
}
