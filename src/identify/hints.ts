import { type Question, type Reader, questionsOf } from "../catalog/match.ts";
import { latin1, startsWith } from "../model/bytes.ts";
import type { Catalog, CatalogEntry } from "../model/catalog.ts";
import type { Subject } from "./identification.ts";

/** What to ask an endpoint, and in what order. */
export interface Agenda {
  /** Those who understand a server that speaks first. */
  readonly greeters: readonly Reader[];
  /** The port or the process says: this one speaks first. */
  readonly expectsGreeting: boolean;
  /** The same of a kind that speaks first at one port and HTTP at another: NATS, ActiveMQ. */
  readonly mayGreet: boolean;
  /** The port or the process says: something is to be asked, and this first. */
  readonly hinted: readonly Question[];
  /** The port is one where TLS is usual. */
  readonly expectsTls: boolean;
  /** The port is one where HTTP is usual. */
  readonly expectsHttp: boolean;
  /** Asked of anybody: see `GENTLE`. */
  readonly gentle: readonly Question[];
  readonly rest: readonly Question[];
}

/**
 * The first question to a stranger: a RESP PING. Redis understands it, and hearing HTTP would log an alarm; most
 * HTTP servers answer it with 400, so that both are known after one harmless line.
 */
const GENTLE = latin1("*1\r\n$4\r\nPING\r\n");

/**
 * HTTP without a Host line: every web server answers it, and a Redis (whose alarm words are `POST` and `Host:`, see
 * redis/redis src/server.c) takes it for a GET with a wrong number of arguments.
 */
export const HTTP_QUESTION: Question = { send: latin1("GET / HTTP/1.0\r\n\r\n"), readers: [] };

export function agendaFor(subject: Subject, catalog: Catalog): Agenda {
  const likely = likelyEntries(subject, catalog);
  const questions = questionsOf(catalog.entries);
  const isLikely = ({ readers }: Question): boolean => readers.some(({ entry }) => likely.includes(entry));
  const asking = questions.filter(({ send }) => send !== undefined);
  const greeters = questions.find(({ send }) => send === undefined)?.readers ?? [];
  const hinted = asking.filter(isLikely);
  const others = asking.filter((question) => !hinted.includes(question));
  return {
    greeters,
    expectsGreeting: greeters.some(({ entry }) => likely.includes(entry) && entry.http === undefined),
    mayGreet: greeters.some(({ entry }) => likely.includes(entry)),
    hinted,
    expectsTls: likely.some(({ tlsPorts }) => tlsPorts?.includes(subject.endpoint.port) === true),
    expectsHttp: likely.some(({ http }) => http !== undefined),
    gentle: others.filter(isGentle),
    rest: others.filter((question) => !isGentle(question)),
  };
}

function isGentle({ send }: Question): boolean {
  return send !== undefined && startsWith(send, GENTLE);
}

/** The entries that the port or the process name speaks for; those of the process first. */
export function likelyEntries(subject: Subject, catalog: Catalog): CatalogEntry[] {
  const byProcess = catalog.entries.filter(
    ({ processes }) => subject.processName !== undefined && processes?.includes(subject.processName) === true,
  );
  const byPort = catalog.entries.filter(({ ports }) => ports.includes(subject.endpoint.port));
  return [...new Set([...byProcess, ...byPort])];
}
