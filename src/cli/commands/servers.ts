import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover servers", does: "What is registered" },
    { command: "discover servers init", does: "Write the defaults to a new file" },
    { command: "discover servers add gpu 10.0.0.9:8100", does: "Register one" },
    { command: "discover servers add gpu gpu.lan:8100 'A100'", does: "The same, described" },
    { command: "discover servers disable gpu", does: "Keep it, and do not ask it" },
    { command: "discover servers enable gpu", does: "Ask it again" },
    { command: "discover servers remove gpu", does: "Forget it" },
  ],
  notes: [
    "Actions: list (the default), init, add NAME HOST:PORT [DESCRIPTION],",
    "remove NAME, enable NAME, disable NAME.",
    "",
    "The file is written whole or not at all, by one command at a time; members keep",
    "their order. 'add' makes the file where there is none.",
    "",
    "Exit status: 0 done; 2 usage, or a file that cannot be understood or written;",
    "130 Ctrl-C; 143 SIGTERM.",
  ],
  run: async (invocation) => (await import("../servers/edit-session.ts")).runServers(invocation),
};

export default command;
