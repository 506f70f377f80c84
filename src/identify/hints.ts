import { type Question, type Reader, questionsOf } from "../catalog/match.ts";
import { latin1, startsWith } from "../model/bytes.ts";
import type { Catalog, CatalogEntry } from "../model/catalog.ts";
import { urlHost } from "../model/endpoint.ts";
import type { Subject } from "./identification.ts";

/** What to ask an endpoint, and in what order. */
export interface Agenda {
  /** Those who understand a server that speaks first. */
  readonly greeters: readonly Reader[];
  /** The port or the process says: this one speaks first. */
  readonly expectsGreeting: boolean;
  /** The same of a kind that speaks first at one port and HTTP at another, where it is not known which this is. */
  readonly mayGreet: boolean;
  /** The port or the process says: this is to be asked first, the likeliest before the others. */
  readonly hinted: readonly Question[];
  /** The port is one where TLS is usual. */
  readonly expectsTls: boolean;
  /** The question that HTTP answers; among those that are hinted at, where HTTP is usual here. */
  readonly http: Question;
  /** The port is one where HTTP/2 without TLS is usual. */
  readonly expectsHttp2: boolean;
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
 * A question that every web server answers as it does any other client's. The alarm words of Redis are a command `post` and
 * a command `host:` (redis/redis, src/server.c: securityWarningCommand): without the blank, which HTTP does not ask for (RFC
 * 9112, section 5), it is a command that Redis does not know.
 */
function httpQuestion({ endpoint, hostname }: Subject): Question {
  const host = `${urlHost(hostname ?? endpoint.address.replace(/%.*$/, ""))}:${endpoint.port}`;
  const lines = ["GET / HTTP/1.1", `Host:${host}`, "User-Agent: sonde (service discovery)", "Accept: */*"];
  return { send: latin1(`${lines.join("\r\n")}\r\n\r\n`), readers: [] };
}

export function agendaFor(subject: Subject, catalog: Catalog): Agenda {
  const { port } = subject.endpoint;
  const likely = likelyEntries(subject, catalog);
  const { greeters, asking } = allQuestions(catalog);
  const http = httpQuestion(subject);
  const hinted = likely.flatMap((entry) => [
    ...(mayAnswerRaw(entry, port) ? asking.filter(({ readers }) => isAmong(readers, entry)) : []),
    ...(mayAnswerHttp(entry, port) ? [http] : []),
  ]);
  const others = asking.filter((question) => !hinted.includes(question));
  const greeting = likely.filter((entry) => mayAnswerRaw(entry, port) && isAmong(greeters, entry));
  return {
    greeters,
    expectsGreeting: greeting.some((entry) => !mayAnswerHttp(entry, port)),
    mayGreet: greeting.length > 0,
    hinted: [...new Set(hinted)],
    expectsTls: likely.some(({ tlsPorts }) => tlsPorts?.includes(port) === true),
    http,
    expectsHttp2: likely.some(({ scheme }) => scheme === "grpc"),
    gentle: others.filter(isGentle),
    rest: others.filter((question) => !isGentle(question)),
  };
}

/** Kinds that are met so often away from their ports that they are worth asking for first: each question costs a connection. */
const FREQUENT = ["postgresql", "mongodb", "memcached", "mqtt", "amqp", "kafka"];

/** How far back a question stands among those that nothing speaks for. */
function rarity({ readers }: Question): number {
  const places = readers.map(({ entry }) => FREQUENT.indexOf(entry.type)).filter((place) => place >= 0);
  return places.length > 0 ? Math.min(...places) : FREQUENT.length;
}

interface Questions {
  readonly greeters: readonly Reader[];
  readonly asking: readonly Question[];
}

const questions = new WeakMap<Catalog, Questions>();

/** Those of the whole catalog, put together once. */
function allQuestions(catalog: Catalog): Questions {
  const known = questions.get(catalog);
  if (known !== undefined) return known;
  const all = questionsOf(catalog.entries);
  const found = {
    greeters: all.find(({ send }) => send === undefined)?.readers ?? [],
    asking: all.filter(({ send }) => send !== undefined).toSorted((a, b) => rarity(a) - rarity(b)),
  };
  questions.set(catalog, found);
  return found;
}

function isAmong(readers: readonly Reader[], wanted: CatalogEntry): boolean {
  return readers.some(({ entry }) => entry === wanted);
}

/** Whether what it says at this port may be HTTP; at one that is not its own, that is not known. */
function mayAnswerHttp({ http, httpPorts, ports }: CatalogEntry, port: number): boolean {
  if (http === undefined) return false;
  return httpPorts === undefined || httpPorts.includes(port) || !ports.includes(port);
}

function mayAnswerRaw({ httpPorts }: CatalogEntry, port: number): boolean {
  return httpPorts?.includes(port) !== true;
}

function isGentle({ send }: Question): boolean {
  return send !== undefined && startsWith(send, GENTLE);
}

/** The entries that the port or the process name speaks for: those of the process, those whose first port it is, the others. */
export function likelyEntries({ endpoint, processName }: Subject, { entries }: Catalog): CatalogEntry[] {
  const byProcess = entries.filter(
    ({ processes }) => processName !== undefined && processes?.includes(processName) === true,
  );
  const byPort = entries.filter(({ ports }) => ports.includes(endpoint.port));
  const [main, other] = [true, false].map((isMain) =>
    byPort.filter(({ ports }) => (ports[0] === endpoint.port) === isMain),
  );
  return [...new Set([...byProcess, ...(main ?? []), ...(other ?? [])])];
}
