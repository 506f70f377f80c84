import type { Catalog, CatalogEntry } from "../model/catalog.ts";
import type { HttpSession, TimedReply } from "../model/net.ts";
import type { Claim, HealthReport } from "../model/observation.ts";
import type { Finding } from "./decide.ts";
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

/** A path that nobody serves: who answers it as all is well answers everything so. */
const NOWHERE = "/sonde-7f3c9a-no-such-path";
const ROOT = "/";
/** Requests to one endpoint, `GET /` included. */
const MOST_REQUESTS = 9;

/** Puts the questions and keeps what came of them. */
export class Asker {
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

  /** Asks all of them at once. What they tell is kept in their order, whoever answers first. */
  async ask(paths: readonly string[]): Promise<void> {
    const found = await Promise.all([...new Set(paths)].map((path) => this.#askOne(path)));
    this.findings.push(...found.filter((one) => one !== undefined));
  }

  async #askOne(path: string): Promise<Finding | undefined> {
    const reply = await this.#get(path);
    const redirect = reply && redirectOf(reply, path, this.#subject.origin);
    if (reply === undefined || redirect?.kind === "elsewhere") return undefined;
    if (redirect === undefined) return this.#read(path, reply);
    if (redirect.kind === "log-in") return this.#finding(path, reply, loggingIn(redirect));
    const there = await this.#get(redirect.path);
    return there && this.#read(path, there, `at ${redirect.shown}: `);
  }

  #read(path: string, reply: TimedReply, where = ""): Finding | undefined {
    const owner = this.#ownerOf(path);
    const reading = readHealth(reply, { path, ...(owner && { owner }) });
    return reading && this.#finding(path, reply, { ...reading, summary: `${where}${reading.summary}` });
  }

  #finding(path: string, reply: TimedReply, { doubtful, ...reading }: HealthReading): Finding {
    const own = this.#ownerOf(path) !== undefined;
    return { report: reportOf(path, reply, reading), own, doubtful: doubtful === true };
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
