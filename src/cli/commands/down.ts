import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover down", does: "Stop what 'discover boot' started here" },
    { command: "discover down team.yaml", does: "The same of another stack file" },
  ],
  notes: [
    "Stops what boots of this stack file have started, in reverse order, and nothing",
    "else: what was adopted goes on. Twice does no harm.",
    "",
    "Exit status: 0 nothing of it runs any more; 1 something would not end; 2 usage.",
  ],
  run: async (invocation) => (await import("../stack/down.ts")).runDown(invocation),
};

export default command;
