import { decodeMessage } from "../../src/dns/decode.ts";
import { encodeMessage } from "../../src/dns/encode.ts";
import type { DnsMessage, DnsRecord, Name } from "../../src/dns/message.ts";
import { nameText, parseName } from "../../src/dns/name.ts";
import { type Resolver, type ResolverOptions, createResolver } from "../../src/dns/resolver.ts";
import type { DnsExchange, DnsFailure } from "../../src/model/net.ts";
import type { NameServer } from "../../src/model/strategy.ts";
import { FakeClock } from "../scan/fake-net.ts";

/** What a server is asked. */
export interface Asked {
  readonly server: string;
  readonly over: "udp" | "tcp";
  readonly query: DnsMessage;
  /** In the case in which it came. */
  readonly name: string;
  readonly type: string;
  /** How much time it was given, in milliseconds. */
  readonly timeoutMs: number;
}

/** A server's packets in their order, or how it fails; one that fails by time-out lets that time pass. */
export type Reaction = DnsFailure | Partial<DnsMessage> | readonly (Partial<DnsMessage> | Uint8Array)[];

export type Script = (asked: Asked) => Reaction | Promise<Reaction>;

export interface Bench {
  readonly resolver: Resolver;
  readonly asked: Asked[];
  readonly clock: FakeClock;
  readonly stop: AbortController;
  /** Exchanges under way at once, at most. */
  readonly mostAtOnce: () => number;
}

/** A reply as most servers write it: id, question and OPT record as they came. */
export function replyTo({ query }: Asked, message: Partial<DnsMessage> = {}): Partial<DnsMessage> {
  const { id, questions, edns } = query;
  return { id, response: true, questions, edns, ...message };
}

export function name(text: string): Name {
  const parsed = parseName(text);
  if (parsed === undefined) throw new Error(`'${text}' is no name`);
  return parsed;
}

type Data<T> = T extends DnsRecord ? Omit<T, "name" | "ttlSeconds" | "cacheFlush"> : never;

export function record(owner: string, data: Data<DnsRecord>, ttlSeconds = 300): DnsRecord {
  return { name: name(owner), ttlSeconds, cacheFlush: false, ...data };
}

export function a(owner: string, address: string, ttlSeconds?: number): DnsRecord {
  return record(owner, { type: "A", address }, ttlSeconds);
}

export function aaaa(owner: string, address: string, ttlSeconds?: number): DnsRecord {
  return record(owner, { type: "AAAA", address }, ttlSeconds);
}

export function cname(owner: string, target: string, ttlSeconds?: number): DnsRecord {
  return record(owner, { type: "CNAME", target: name(target) }, ttlSeconds);
}

export function soa(owner: string, ttlSeconds: number, minimum: number): DnsRecord {
  const data = {
    type: "SOA",
    primary: name("ns.test"),
    mailbox: name("root.test"),
    serial: 1,
    minimum,
  } as const;
  return record(owner, data, ttlSeconds);
}

export function serversOf(...texts: readonly string[]): NameServer[] {
  return texts.map((address) => ({ address, port: 53 }));
}

/** A resolver whose servers answer by the script, at a clock that only their silence moves. */
export function bench(
  script: Script,
  options: Partial<ResolverOptions> & { readonly random?: () => number } = {},
): Bench {
  const clock = new FakeClock();
  const stop = new AbortController();
  const asked: Asked[] = [];
  let [now, most] = [0, 0];
  const exchangeOver =
    (over: "udp" | "tcp"): DnsExchange =>
    async (server, bytes, { timeoutMs, signal, accept }) => {
      if (signal.aborted) return "cancelled";
      most = Math.max(most, ++now);
      const query = decodeMessage(bytes);
      const [question] = query?.questions ?? [];
      if (query === undefined || question === undefined) throw new Error("no question was asked");
      const asking = {
        server: server.address,
        over,
        query,
        name: nameText(question.name),
        type: question.type,
        timeoutMs,
      };
      asked.push(asking);
      const reaction = await script(asking);
      now--;
      if (signal.aborted) return "cancelled";
      const failure = typeof reaction === "string" ? reaction : undefined;
      if (failure !== undefined && failure !== "timeout") return failure;
      const packets = typeof reaction === "string" ? [] : "length" in reaction ? reaction : [reaction];
      for (const packet of packets) {
        const accepted = accept(packet instanceof Uint8Array ? packet : encodeMessage(packet));
        if (accepted !== undefined) return accepted;
      }
      clock.ms += timeoutMs;
      return "timeout";
    };
  const resolver = createResolver({
    udp: exchangeOver("udp"),
    tcp: exchangeOver("tcp"),
    servers: serversOf("10.0.0.1"),
    timeoutMs: 1_000,
    lookupMs: 60_000,
    endsAt: Number.POSITIVE_INFINITY,
    attempts: 2,
    rotate: false,
    clock,
    random: Math.random,
    signal: stop.signal,
    debug: () => {},
    ...options,
  });
  return { resolver, asked, clock, stop, mostAtOnce: () => most };
}
