import { isReferral } from "./answer.ts";
import { type AskTools, type Asking, type ServerReply, askServer } from "./ask-server.ts";
import type { Failed } from "./lookup.ts";
import type { DnsMessage } from "./message.ts";
import { NXDOMAIN, SERVFAIL, rcodeText } from "./rcode.ts";
import { type ServerState, inAskingOrder } from "./server-state.ts";

export interface Rounds {
  readonly servers: readonly ServerState[];
  /** The index of the server to begin with. */
  readonly first: number;
  /** How often all are asked. */
  readonly attempts: number;
  /** What one server may take, in milliseconds. */
  readonly timeoutMs: number;
  /** When all of it is over, by the monotonic clock. */
  readonly endsAt: number;
}

export type ServersReply = { readonly kind: "reply"; readonly message: DnsMessage } | Failed;

/** Asks one server after the other, round after round, until one has an answer or time is up. */
export async function askServers(asking: Asking, rounds: Rounds, tools: AskTools): Promise<ServersReply> {
  const { servers, first, attempts, timeoutMs, endsAt } = rounds;
  const troubles = new Map<ServerState, Trouble>();
  for (let round = 0; round < attempts; round++) {
    const order = inAskingOrder(servers, asking.transport, first).filter(
      (state) => troubles.get(state)?.final !== true,
    );
    for (const [at, state] of order.entries()) {
      const leftMs = endsAt - tools.clock.monotonic();
      if (leftMs <= 0 || tools.signal.aborted) return failedBy(servers, troubles, asking);
      // Those that stand behind get their part of the time, too.
      const mostMs = Math.min(timeoutMs, leftMs / (order.length - at));
      const reply = await askServer(state, asking, tools.clock.monotonic() + mostMs, tools);
      const trouble = troubleWith(reply);
      if (trouble === undefined && reply.kind === "reply") return reply;
      if (trouble !== undefined) troubles.set(state, trouble);
    }
  }
  return failedBy(servers, troubles, asking);
}

/** Why a server was of no use. */
interface Trouble {
  /** Behind the server's name: `answered SERVFAIL`. */
  readonly text: string;
  /** It would say the same again. */
  readonly final: boolean;
  readonly answered: boolean;
}

function troubleWith(reply: ServerReply): Trouble | undefined {
  if (reply.kind === "reply") return troubleIn(reply.message);
  const where = reply.over === "tcp" ? " over TCP" : "";
  const texts = {
    timeout: `does not answer${where}`,
    refused: `cannot be asked${where}, nothing listens there`,
    unreachable: "cannot be reached",
    broken: "hung up in the middle of its answer",
    exhausted: "could not be asked: this machine has no socket to spare",
    cancelled: "was not asked to the end: the run is over",
  };
  const final = ["refused", "unreachable", "cancelled"].includes(reply.failure);
  return { text: texts[reply.failure], final, answered: false };
}

function troubleIn(message: DnsMessage): Trouble | undefined {
  const { rcode, answers, faults } = message;
  if (rcode !== 0 && rcode !== NXDOMAIN)
    return { text: `answered ${rcodeText(rcode)}`, final: rcode !== SERVFAIL, answered: true };
  if (isReferral(message))
    return { text: "points to other name servers and does not ask them itself", final: true, answered: true };
  const [fault] = faults;
  if (answers.length === 0 && fault !== undefined)
    return { text: `answered what cannot be read: ${fault}`, final: false, answered: true };
  return undefined;
}

function failedBy(
  servers: readonly ServerState[],
  troubles: ReadonlyMap<ServerState, Trouble>,
  { transport }: Asking,
): Failed {
  const reasons = servers.map((state) => {
    const where = transport === "tcp" ? " over TCP" : "";
    const silent = state.silences[transport] > 0 ? `does not answer${where}` : "was not asked: time was up";
    return `${state.text} ${troubles.get(state)?.text ?? silent}`;
  });
  const answered = [...troubles.values()].some((trouble) => trouble.answered);
  return { kind: "failed", reason: reasons.join("; ") || "there is no name server to ask", answered };
}
