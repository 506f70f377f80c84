import type { Socket } from "node:net";

import { withoutContinue } from "./interim.ts";

const HEAD_END = "\r\n\r\n";

/**
 * A socket for a client that does not know that its first question was put already: what it writes up to the end of that
 * question's head goes nowhere, and then it reads `received`, and what comes after it.
 */
export function answeredSocket(socket: Socket, received: Uint8Array): Socket {
  const answers = withoutContinue(socket, { isAsked: true });
  const write = socket.write.bind(socket);
  let head = "";
  const swallow = (chunk: unknown): boolean => {
    head = `${head}${typeof chunk === "string" ? chunk : ""}`.slice(0, 64 * 1024);
    if (!head.endsWith(HEAD_END)) return true;
    socket.write = write;
    // Only now is it awaited.
    if (received.length > 0) answers.push(received);
    return true;
  };
  socket.write = swallow;
  return answers;
}
