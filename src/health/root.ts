import type { CatalogEntry } from "../model/catalog.ts";
import type { TimedReply } from "../model/net.ts";
import type { Claim, Health, HealthReport } from "../model/observation.ts";
import { MOST_REQUESTS, type Questions, answered } from "./questions.ts";
import { isUnread, readHealth } from "./read-health.ts";
import { type HealthReading, reportOf } from "./reading.ts";
import { type Redirect, redirectOf } from "./redirect.ts";

export const ROOT = "/";
const MOST_HOPS = 5;

/** Whose page it is. */
export interface RootSubject {
  readonly claim: Claim;
  /** Where it has a kind of its own. */
  readonly owner: CatalogEntry | undefined;
  readonly origin: string;
  /** Questions for its health were put, and got no answer at all. */
  readonly wasSilent: boolean;
}

/**
 * What `GET /` tells where no path for health does; none where it was not answered.
 *
 * - What has a kind keeps to what that was recognised by.
 * - Anything else is followed on its own origin: what the page says counts, then what it was named by. Redirects on and on
 *   are unhealthy.
 * - Healthy it is only by a page that was read and is its own, and not where questions for health got no answer.
 */
export async function readRoot(questions: Questions, subject: RootSubject): Promise<HealthReport[]> {
  const reply = answered(await questions.ask(ROOT, MOST_REQUESTS));
  if (reply === undefined) return [];
  const way = subject.owner === undefined ? await wayFrom(reply, questions, subject.origin) : undefined;
  const redirect = way === undefined ? redirectOf(reply, ROOT, subject.origin) : way.redirect;
  const { page = reply } = way ?? {};
  if (redirect?.kind === "log-in") return [reportOf(ROOT, page, loggingIn(redirect))];
  const told = way && tellingOf(way);
  const health = told?.health ?? (way?.onAndOn === true ? "unhealthy" : byName(subject, page, way));
  const said = told?.summary ?? (way === undefined ? subject.claim.summary : whereTo(way));
  const only = subject.wasSilent
    ? "questions for its health got no answer at all, only this one did"
    : "no path for health answered, only this one";
  const summary = `${only}${said && `: ${said}`}`;
  return [reportOf(ROOT, page, { health, summary, ...(told?.parts && { parts: told.parts }) })];
}

export function loggingIn({ shown }: Redirect): HealthReading {
  return { health: "protected", summary: `redirects to ${shown}, to log in` };
}

/** Where `GET /` leads. */
interface Way {
  /** The last answer on it. */
  readonly page: TimedReply;
  readonly hops: number;
  /** The last redirect: followed to the page, unless that is the one that redirects. */
  readonly redirect?: Redirect;
  readonly onAndOn?: true;
}

async function wayFrom(reply: TimedReply, questions: Questions, origin: string): Promise<Way> {
  const seen = new Set([ROOT]);
  let way: Way = { page: reply, hops: 0 };
  for (let path = ROOT; ;) {
    const redirect = redirectOf(way.page, path, origin);
    if (redirect === undefined) return way;
    way = { ...way, redirect };
    if (redirect.kind === "log-in" || redirect.kind === "elsewhere") return way;
    ({ path } = redirect);
    if (seen.has(path) || way.hops >= MOST_HOPS) return { ...way, onAndOn: true };
    seen.add(path);
    const page = answered(await questions.ask(path, MOST_REQUESTS + MOST_HOPS));
    if (page === undefined) return way;
    way = { page, hops: way.hops + 1, redirect };
  }
}

/** What the page says for certain; who leads to a page that only fails says so, too. */
function tellingOf({ page, hops }: Way): HealthReading | undefined {
  const told = readHealth(page, { path: ROOT });
  if (told === undefined || told.health === "unknown") return undefined;
  return told.doubtful === true && hops === 0 ? undefined : told;
}

function whereTo({ redirect, onAndOn, page }: Way): string {
  if (redirect === undefined) return isUnread(page) ? "not read in full" : "";
  return onAndOn === true ? "redirects on and on" : `redirects to ${redirect.shown}`;
}

function byName({ claim, wasSilent }: RootSubject, page: TimedReply, way: Way | undefined): Health {
  const { health = "unknown" } = claim;
  const isItsOwn = way?.redirect === undefined || page.status < 300;
  return health === "healthy" && (wasSilent || isUnread(page) || !isItsOwn) ? "unknown" : health;
}
