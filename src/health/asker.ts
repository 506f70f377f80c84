import type { Catalog, CatalogEntry } from "../model/catalog.ts";
import type { HttpSession, TimedReply } from "../model/net.ts";
import type { Claim, HealthReport } from "../model/observation.ts";
import type { Finding } from "./decide.ts";
import { sayingOf } from "./fold.ts";
import { MOST_REQUESTS, Questions, answered } from "./questions.ts";
import { readHealth } from "./read-health.ts";
import { type HealthReading, reportOf } from "./reading.ts";
import { redirectOf } from "./redirect.ts";
import { ROOT, loggingIn, readRoot } from "./root.ts";
import { silenceAt } from "./silence.ts";

/** What is asked for its health, and how to reach it. */
export interface HealthSubject {
  readonly session: Pick<HttpSession, "ask">;
  /** What it was named; its kind's own paths come first. */
  readonly claim: Claim;
  readonly catalog: Catalog;
  /** `http://10.0.0.1:8080`: no question leaves it. */
  readonly origin: string;
}

/** A path that nobody serves: who answers it as all is well answers everything so. */
const NOWHERE = "/sonde-7f3c9a-no-such-path";
/** Fewer answers that are alike are a coincidence. */
const FEWEST_ALIKE = 3;

/** Puts the questions and keeps what came of them. */
export class Asker {
  findings: Finding[] = [];
  /** Paths that gave no answer at all: they tell something only where others do. */
  #silences: Finding[] = [];
  #wasSilent = false;
  readonly #subject: HealthSubject;
  readonly #owner: CatalogEntry | undefined;
  readonly #questions: Questions;

  constructor(subject: HealthSubject) {
    const entry = subject.catalog.get(subject.claim.type);
    this.#subject = subject;
    this.#owner = entry?.carrier === true ? undefined : entry;
    this.#questions = new Questions(subject.session);
  }

  /** The paths that told something for certain. */
  get met(): readonly string[] {
    return this.findings.filter(({ doubtful }) => !doubtful).map(({ report }) => report.path);
  }

  get isInDoubt(): boolean {
    return this.#silences.length > 0 || this.findings.some(({ doubtful }) => doubtful);
  }

  /** All paths said the same: no other will say more. */
  get isUniform(): boolean {
    const sayings = new Set(this.findings.map(({ report }) => sayingOf(report)));
    return (
      sayings.size === 1 &&
      this.findings.length >= FEWEST_ALIKE &&
      this.findings.length === this.#questions.count
    );
  }

  /** Asks all of them at once. What they tell is kept in their order, whoever answers first. */
  async ask(paths: readonly string[]): Promise<void> {
    const found = await Promise.all([...new Set(paths)].map((path) => this.#askOne(path)));
    for (const one of found) {
      if (one?.silent === true) this.#silences.push(one);
      else if (one !== undefined) this.findings.push(one);
    }
    this.#wasSilent ||= this.#silences.length > 0;
  }

  async #askOne(path: string): Promise<Finding | undefined> {
    const reply = await this.#questions.ask(path);
    if (reply === undefined) return undefined;
    if ("failure" in reply) return silenceAt(path, reply, this.#ownerOf(path) !== undefined);
    return this.#told(path, reply);
  }

  async #told(path: string, reply: TimedReply): Promise<Finding | undefined> {
    const redirect = redirectOf(reply, path, this.#subject.origin);
    if (redirect === undefined) return this.#read(path, reply);
    if (redirect.kind === "log-in") return this.#finding(path, reply, loggingIn(redirect));
    if (redirect.kind !== "moved") return undefined;
    const there = await this.#questions.ask(redirect.path);
    if (there === undefined) return undefined;
    if ("failure" in there) return silenceAt(path, there, this.#ownerOf(path) !== undefined);
    return this.#read(path, there, `at ${redirect.shown}: `);
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

  /** Drops what a server said that says the same where nothing is: silence tells something only where that answers. */
  async castDoubt(): Promise<void> {
    // Where much is silent there is no time to ask for the page afterwards.
    const root = this.findings.length === 0 ? this.#questions.ask(ROOT, MOST_REQUESTS) : undefined;
    const reply = answered(await this.#questions.ask(NOWHERE, MOST_REQUESTS));
    await root;
    if (reply === undefined) return;
    await this.#askSilentAgain();
    const reading = readHealth(reply, { path: NOWHERE });
    if (reading === undefined) return;
    this.findings = this.findings.filter(
      ({ report, doubtful, silent }) =>
        !doubtful || silent === true || report.health !== reading.health || report.code !== reply.status,
    );
  }

  /** Who hung up once may have meant the connection; who does it twice means the question. */
  async #askSilentAgain(): Promise<void> {
    const again = this.#silences.map(async (silence) => {
      if (silence.hungUp !== true) return silence;
      const { path } = silence.report;
      const reply = answered(await this.#questions.again(path));
      return reply === undefined ? silence : this.#told(path, reply);
    });
    this.findings.push(...(await Promise.all(again)).filter((one) => one !== undefined));
  }

  /** What the page itself tells, and what it was named for. */
  askRoot(): Promise<HealthReport[]> {
    const { claim, origin } = this.#subject;
    const subject = { claim, origin, owner: this.#owner, wasSilent: this.#wasSilent };
    return readRoot(this.#questions, subject);
  }
}
