import type { Clock } from "../model/clock.ts";
import type { DnsExchange, DnsFailure } from "../model/net.ts";
import { decodeMessage } from "./decode.ts";
import { encodeQuery } from "./encode.ts";
import type { Gate } from "./gate.ts";
import { exactlySame, inSpellingOf, mixCase } from "./letter-case.ts";
import type { DnsMessage, Name, RecordType } from "./message.ts";
import { sameName } from "./name.ts";
import { BADVERS, FORMERR, NOTIMP, NXDOMAIN } from "./rcode.ts";
import { type DnsTransport, type ServerState, noteAnswer, noteSilence } from "./server-state.ts";

/** A UDP reply that fits in one packet on every link (DNS Flag Day 2020). */
const EDNS_BYTES = 1232;

export interface Asking {
  readonly name: Name;
  readonly type: RecordType;
  readonly transport: DnsTransport;
}

export interface AskTools {
  readonly udp: DnsExchange;
  readonly tcp: DnsExchange;
  readonly clock: Clock;
  /** Uniform in [0, 1), and not to be guessed. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Narrower after each silence, wider after each answer: a server that is overrun is asked more slowly. */
  readonly gate: Pick<Gate, "narrow" | "widen">;
}

/** `over` is what the failure happened over: a truncated reply may lead from UDP to TCP. */
export type ServerReply =
  | { readonly kind: "reply"; readonly message: DnsMessage }
  | { readonly kind: "failed"; readonly failure: DnsFailure; readonly over: DnsTransport };

/** What can be wrong with one exchange, and is mended by another one with the same server. */
type Mend = "case" | "edns" | "truncated";

/**
 * One question to one name server, with all that this may take: again in plain case, again without OPT, again over TCP.
 * Remembers of the server what it learned. `endsAt` is monotonic.
 */
export async function askServer(
  state: ServerState,
  asking: Asking,
  endsAt: number,
  tools: AskTools,
): Promise<ServerReply> {
  let over = asking.transport;
  const tried = new Set<Mend>();
  for (;;) {
    const askedAt = tools.clock.monotonic();
    const heard = await exchange(state, { ...asking, transport: over }, endsAt, tools);
    if (typeof heard === "string") {
      noteFailure(state, over, heard, askedAt, tools);
      return { kind: "failed", failure: heard, over };
    }
    noteAnswer(state, over);
    tools.gate.widen();
    const mend = mendOf(heard, over);
    if (mend === "case" && tried.has(mend)) state.keepsCase = false;
    if (mend === "edns") state.takesEdns = false;
    if (mend === "truncated") over = "tcp";
    if (mend === undefined && heard.message.edns) state.knowsEdns = true;
    if (mend === undefined || tried.has(mend)) return { kind: "reply", message: heard.message };
    tried.add(mend);
  }
}

/** A reply to a question of which all but the case of the name came back as it was asked. */
interface Heard {
  readonly message: DnsMessage;
  /** The case came back, too, or says nothing. */
  readonly exact: boolean;
  /** The question had an OPT record. */
  readonly withEdns: boolean;
}

function exchange(
  state: ServerState,
  { name, type, transport }: Asking,
  endsAt: number,
  { udp, tcp, clock, random, signal }: AskTools,
): Promise<Heard | DnsFailure> {
  const timeoutMs = Math.ceil(endsAt - clock.monotonic());
  if (timeoutMs <= 0) return Promise.resolve("timeout");
  const id = Math.floor(random() * 0x1_0000);
  const { keepsCase, takesEdns: withEdns } = state;
  const asked = keepsCase ? mixCase(name, random) : name;
  const questions = [{ name: asked, type }];
  const edns = withEdns ? { ednsSize: EDNS_BYTES } : {};
  const query = encodeQuery({ id, recursionDesired: true, questions, ...edns });
  const accept = (reply: Uint8Array): Heard | undefined => {
    const message = replyIn(reply, id, asked, type);
    if (message === undefined) return undefined;
    const [echo] = message.questions;
    const exact = !keepsCase || echo === undefined || exactlySame(echo.name, asked);
    return { message: inSpellingOf(name, message), exact, withEdns };
  };
  return (transport === "tcp" ? tcp : udp)(state.server, query, { timeoutMs, signal, accept });
}

/** The reply to our question (RFC 5452, section 9.1), case aside; undefined for anything else. */
function replyIn(reply: Uint8Array, id: number, asked: Name, type: RecordType): DnsMessage | undefined {
  const message = decodeMessage(reply);
  if (message === undefined || !message.response || message.id !== id || message.opcode !== 0)
    return undefined;
  const [question, ...more] = message.questions;
  // A server that cannot read the question, or will not, may leave it out.
  if (question === undefined) return isRefusal(message) ? message : undefined;
  const ours = more.length === 0 && question.type === type && sameName(question.name, asked);
  return ours ? message : undefined;
}

function isRefusal({ rcode }: DnsMessage): boolean {
  return rcode !== 0 && rcode !== NXDOMAIN;
}

/**
 * What stands in the way of taking a reply as it is. A question that came back in another case is either forged or from a
 * server that does not keep case: it is asked once more, from another port and with another id, and the same again is
 * that server's habit.
 */
function mendOf({ message, exact, withEdns }: Heard, over: DnsTransport): Mend | undefined {
  if (!exact && over === "udp") return "case";
  const { rcode, truncated } = message;
  if (withEdns && [FORMERR, NOTIMP, BADVERS].includes(rcode)) return "edns";
  return truncated && over === "udp" ? "truncated" : undefined;
}

/** Some servers, and firewalls before them, throw away what carries an OPT record instead of saying so. */
function noteFailure(
  state: ServerState,
  over: DnsTransport,
  failure: DnsFailure,
  askedAt: number,
  { clock, gate }: AskTools,
): void {
  if (failure === "cancelled" || failure === "exhausted") return;
  if (!noteSilence(state, over, { askedAt, now: clock.monotonic() })) return;
  if (failure === "timeout") gate.narrow();
  if (failure === "timeout" && !state.knowsEdns && state.silences[over] > 1) state.takesEdns = false;
}
