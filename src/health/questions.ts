import type { HttpSession, NoReply, TimedReply } from "../model/net.ts";

/** Requests to one endpoint, `GET /` included and what that redirects to not. */
export const MOST_REQUESTS = 9;

/** GETs of one endpoint: each path once, however often it is asked for. */
export class Questions {
  readonly #session: Pick<HttpSession, "ask">;
  readonly #replies = new Map<string, Promise<TimedReply | NoReply>>();

  constructor(session: Pick<HttpSession, "ask">) {
    this.#session = session;
  }

  get count(): number {
    return this.#replies.size;
  }

  /** Undefined where `most` were asked before: but for who says otherwise, the last is kept for `GET /`. */
  async ask(path: string, most: number = MOST_REQUESTS - 1): Promise<TimedReply | NoReply | undefined> {
    const before = this.#replies.get(path);
    if (before !== undefined || this.#replies.size >= most) return before;
    const reply = this.#session.ask(path);
    this.#replies.set(path, reply);
    return reply;
  }

  /** Asks anew: the connection may have been one that was just being closed (RFC 9112, section 9.5). */
  again(path: string): Promise<TimedReply | NoReply> {
    return this.#session.ask(path);
  }
}

/** Undefined where there was no answer. */
export function answered(reply: TimedReply | NoReply | undefined): TimedReply | undefined {
  return reply === undefined || "failure" in reply ? undefined : reply;
}
