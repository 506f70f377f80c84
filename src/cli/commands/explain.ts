import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover explain redis", does: "Why the plan does what it does" },
    { command: "discover explain api -f team.yaml", does: "With another stack file" },
  ],
  notes: [
    "The chain from what was observed to what is decided: evidence, rule,",
    "alternatives, decision. Exit status: that of 'discover plan'.",
  ],
  run: async (invocation) => (await import("../stack/explain.ts")).runExplain(invocation),
};

export default command;
