import { challengeOf } from "../catalog/http-reading.ts";
import { quoted } from "../catalog/reading.ts";
import { plain } from "../catalog/text.ts";
import type { CatalogEntry, HttpReply } from "../model/catalog.ts";
import { isObject } from "../model/json.ts";
import type { TimedReply } from "../model/net.ts";
import { readJsonHealth } from "./json-health.ts";
import type { HealthReading } from "./reading.ts";
import { readTextHealth } from "./text-health.ts";

/** An answer, and what of its body was not read. */
export type Answer = HttpReply & Pick<TimedReply, "cut" | "packed">;

/** How an answer is to be taken. */
export interface HealthQuestion {
  readonly path: string;
  /** The kind of service whose own path this is: its makers promise that the status code tells. */
  readonly owner?: CatalogEntry;
}

/**
 * What an answer to a question for health says: the status code first, then the body by its content. Pure, total and
 * quick. Redirects are not read here (`redirectOf`).
 *
 * - 401, 403, 407: protected.
 * - 5xx: unhealthy, whatever the body says (501 and 505 speak of the question). At a path that was only tried, and in
 *   words that tell nothing, it may be the answer to all: doubtful.
 * - 2xx: what the body says. Without a body the code says it is healthy; at a path that was only tried, a server that
 *   answers everything may have said so, too: doubtful.
 * - 429: what the body says, else unknown.
 * - any other code, or a page: undefined, no such path.
 *
 * - 2xx with a body that was not read in full: unknown.
 *
 * The owner's reader of that path, where it has one, knows better than all of this, but for that last.
 */
export function readHealth(reply: Answer, question: HealthQuestion): HealthReading | undefined {
  const { status } = reply;
  if (status >= 200 && status <= 299 && isUnread(reply)) return unread(reply, question.owner !== undefined);
  const own = question.owner && ownReading(reply, question.path, question.owner);
  if (own !== undefined) return own;
  if (status === 401 || status === 403 || status === 407)
    return { health: "protected", summary: wants(reply) };
  if (status >= 500 && status !== 501 && status !== 505) return failing(reply, question.owner !== undefined);
  if (status === 429) return contentOf(reply) ?? { health: "unknown", summary: "asks for fewer questions" };
  if (status < 200 || status > 299) return undefined;
  return contentOf(reply) ?? wordless(reply, question.owner !== undefined);
}

/**
 * Its body cannot be judged: it is packed, or it is a part of something. JSON that is whole is whole, whatever was to come
 * after it, and a page that is merely long is a page.
 */
export function isUnread(reply: Answer): boolean {
  if (reply.packed === true) return true;
  if (reply.cut === undefined || (typeof reply.json === "object" && reply.json !== null)) return false;
  return reply.cut !== "size" || !isPage(reply);
}

const CUTS: Readonly<Record<NonNullable<TimedReply["cut"]>, string>> = {
  timeout: "stopped half-way until time was up",
  closed: "hung up half-way",
  size: "only the first 64 KiB were read",
};

function unread(reply: Answer, own: boolean): HealthReading {
  const { cut, packed, headers } = reply;
  const summary =
    packed === true
      ? `packed as ${plain(headers["content-encoding"] ?? "", 20)}, not read`
      : `${excerpt(reply)}, ${CUTS[cut ?? "closed"]}`;
  return { health: "unknown", summary, ...(!own && { doubtful: true }) };
}

function ownReading(reply: HttpReply, path: string, owner: CatalogEntry): HealthReading | undefined {
  for (const check of owner.http ?? []) {
    if (check.path !== path) continue;
    const match = check.read(reply);
    if (match?.health === undefined || match.health === "unknown") continue;
    const { parts } = contentOf(reply) ?? {};
    return { health: match.health, summary: withoutQuestion(match.summary, path), ...(parts && { parts }) };
  }
  return undefined;
}

/** The path stands beside the summary of a health check. */
function withoutQuestion(summary: string, path: string): string {
  const question = `GET ${path} answered `;
  return summary.startsWith(question) ? summary.slice(question.length) : summary;
}

function wants(reply: HttpReply): string {
  const scheme = /^[\w-]{1,40}/.exec(challengeOf(reply) ?? "")?.[0];
  return scheme === undefined ? "wants credentials" : `wants ${plain(scheme)} credentials`;
}

function failing(reply: HttpReply, own: boolean): HealthReading {
  const content = contentOf(reply);
  if (content === undefined)
    return { health: "unhealthy", summary: excerpt(reply), ...(!own && { doubtful: true }) };
  return { health: "unhealthy", summary: content.summary, ...(content.parts && { parts: content.parts }) };
}

/** An answer that all is well in code, and in words that tell nothing. */
function wordless(reply: HttpReply, own: boolean): HealthReading | undefined {
  const said = excerpt(reply);
  if (own) return { health: "healthy", summary: said };
  if (isPage(reply)) return undefined;
  if (isEmpty(reply)) return { health: "healthy", summary: said, doubtful: true };
  return { health: "unknown", summary: `${said}, which tells nothing that is known`, doubtful: true };
}

function contentOf(reply: HttpReply): HealthReading | undefined {
  if (reply.json !== undefined) return readJsonHealth(reply.json);
  return isPage(reply) ? readPage(reply.body) : readTextHealth(reply.body);
}

/** What Rails answers at `/up`: rails/rails, railties/lib/rails/health_controller.rb. */
const COLOURED = /^\s*<!DOCTYPE html><html><body style="background-color: (green|red)"><\/body><\/html>\s*$/;
/** Longer than this, a page is for people. */
const LONGEST_PAGE = 2048;

/** A page that is nothing but a word in tags, or a colour. */
function readPage(body: string): HealthReading | undefined {
  if (body.length > LONGEST_PAGE) return undefined;
  const colour = COLOURED.exec(body)?.[1];
  if (colour !== undefined)
    return { health: colour === "green" ? "healthy" : "unhealthy", summary: `a ${colour} page` };
  const text = body
    .replaceAll(/<(head|title|script|style)\b[^>]*>[^]*?<\/\1>/gi, " ")
    .replaceAll(/<[^>]*>/g, " ");
  return readTextHealth(text);
}

function isPage({ body }: HttpReply): boolean {
  return /^[\s\ufeff]*<(?:!doctype html|html|head|body|!--|h1|p|div|pre)\b/i.test(body.slice(0, 200));
}

function isEmpty({ body, json }: HttpReply): boolean {
  if (body.trim() === "" || json === null) return true;
  return (isObject(json) || Array.isArray(json)) && Object.keys(json).length === 0;
}

function excerpt(reply: HttpReply): string {
  const { body } = reply;
  if (body.trim() === "") return "no body";
  if (isPage(reply)) return "a page";
  return quoted(plain(body.slice(0, 1_000), 60));
}
