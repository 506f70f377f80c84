import type { Socket } from "node:net";

import { withoutContinue } from "./interim.ts";

const HEAD_END = "\r\n\r\n";
/** No question of ours has a longer head. */
const MOST_LETTERS = 64 * 1024;

/**
 * A socket for a client that does not know that its first question was put already: what it writes up to the end of that
 * question's head goes nowhere, and then it reads `received`, and what comes after it; with `hasEnded` that is nothing.
 */
export function answeredSocket(
  socket: Socket,
  received: Uint8Array,
  { hasEnded }: { readonly hasEnded: boolean },
): Socket {
  const answers = withoutContinue(socket, { isAsked: true });
  const write = socket.write.bind(socket);
  let head = "";
  const answer = (): void => {
    if (socket.destroyed) return;
    if (received.length > 0) answers.push(received);
    if (hasEnded) answers.push(null);
  };
  const swallow = (chunk: unknown): boolean => {
    head = `${head}${typeof chunk === "string" ? chunk : ""}`.slice(0, MOST_LETTERS);
    if (!head.endsWith(HEAD_END)) return true;
    if (!hasEnded) socket.write = write;
    // Not before it is awaited: an answer without a question is taken for an attack.
    process.nextTick(answer);
    return true;
  };
  socket.write = swallow;
  return answers;
}
