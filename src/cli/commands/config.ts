import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover config", does: "What a scan would run with" },
    { command: "discover config --ports=22 --output=json", does: "The same with a flag, for programs" },
  ],
  run: async (invocation) => (await import("../settings/config-session.ts")).runConfig(invocation),
};

export default command;
