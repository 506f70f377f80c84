import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover wait redis", does: "Any on this machine, at whatever port" },
    { command: "discover wait redis --range=10.0.0.0/28", does: "One of some hosts" },
    { command: "discover wait db:5432 :6379", does: "Whatever is at these places" },
    { command: "discover wait postgresql://db", does: "PostgreSQL, and nothing else" },
    { command: "discover wait http://localhost:8080/ready", does: "An answer that says it is well" },
  ],
  notes: [
    "There is what is healthy by its own word, or protected (401, 403, a password),",
    "or of the kind that was asked for, where that kind tells no more. A URL must",
    "answer with 2xx and say nothing bad. What is degraded is there while it serves,",
    "and not while it refuses everybody (PostgreSQL that starts up). A certificate",
    "that is not to be trusted is noted. Credentials in a URL are neither sent nor",
    "shown; names may appear later; all that is named must be there.",
    "",
    "A line for each on standard output when it is there, and on standard error when",
    "it is not in time, with what was seen last. --timeout is of the whole wait;",
    "DISCOVERY_TCP_TIMEOUT is of one connect.",
    "",
    "Exit status: 0 all is there; 1 not in time; 2 usage; 130 Ctrl-C; 143 SIGTERM.",
  ],
  run: async (invocation) => (await import("../wait/session.ts")).runWait(invocation),
};

export default command;
