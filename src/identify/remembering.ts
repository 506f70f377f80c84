import type { HttpSession, TimedReply } from "../model/net.ts";

/** The same session, which answers what it has answered before without asking again. What came to nothing is asked anew. */
export function remembering(session: HttpSession): HttpSession {
  const replies = new Map<string, TimedReply>();
  const ask: HttpSession["ask"] = async (path) => {
    const known = replies.get(path);
    if (known !== undefined) return known;
    const outcome = await session.ask(path);
    if (!("failure" in outcome)) replies.set(path, outcome);
    return outcome;
  };
  return {
    ask,
    get: async (path) => {
      const outcome = await ask(path);
      return "failure" in outcome ? undefined : outcome;
    },
    handOver: (signal, dial) => session.handOver(signal, dial),
    close: () => session.close(),
  };
}
