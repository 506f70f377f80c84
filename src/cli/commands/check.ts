import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover check 8080", does: "Whether it is free" },
    { command: "discover check 5432 postgresql", does: "Free, or taken by PostgreSQL" },
    { command: "discover check 5432 --output=json", does: "For other programs" },
  ],
  notes: [
    "Free is what can be bound in both families, IPv4 and IPv6, and where nobody",
    "answers. What is left of closed connections (TIME_WAIT) does not count. Where",
    "this user may not bind the port (below 1024, as a rule), it is free as far as",
    "nobody listens there and nobody answers, and the line says so. Only TCP is",
    "looked at: a port that UDP has may still be said to be free.",
    "",
    "One line on standard output, none with --quiet; where the port is taken by",
    "something else, with the next of a hundred that is free.",
    "",
    "Exit status: 0 free, or taken by the type; 1 taken by something else, or no type",
    "given; 2 usage; 130 Ctrl-C; 143 SIGTERM.",
  ],
  run: async (invocation) => (await import("../check/session.ts")).runCheck(invocation),
};

export default command;
