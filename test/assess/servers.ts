import { createServer } from "node:http";

import { type Listening, listening } from "../lab/listening.js";
import { serve } from "../net/peers.ts";

/** Answers PING and INFO as Redis does, and lets go of who speaks HTTP; without a version INFO is forbidden. */
export function redisWith(version: string | undefined): Promise<Listening> {
  const info = `# Server\r\nredis_version:${version}\r\nredis_mode:standalone\r\nos:Linux\r\n\r\n`;
  const told =
    version === undefined ? "-NOPERM this user has no permissions\r\n" : `$${info.length}\r\n${info}\r\n`;
  return serve((socket) => {
    socket.on("data", (asked) => {
      const text = asked.toString("latin1").toUpperCase();
      if (text.includes("HTTP/1.1")) socket.end("-ERR wrong number of arguments for 'get' command\r\n");
      if (text.includes("PING")) socket.write("+PONG\r\n");
      if (text.includes("INFO")) socket.write(told);
    });
  });
}

/** Answers each path with its status, all others with 404; `asked` learns what was asked for. */
export function httpWith(
  statuses: Readonly<Record<string, number>>,
  asked: string[] = [],
): Promise<Listening> {
  return listening(
    createServer((request, response) => {
      asked.push(request.url ?? "");
      response.statusCode = statuses[request.url ?? ""] ?? 404;
      response.end();
    }),
  );
}
