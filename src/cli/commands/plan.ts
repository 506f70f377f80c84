import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover plan", does: "What services.yaml here would need" },
    { command: "discover plan team.yaml --save=plan.json", does: "For a boot later on" },
    { command: "discover plan --output=json | jq .decisions", does: "For other programs" },
  ],
  notes: [
    "Nothing is started. What is there is adopted; what is absent is to be started or",
    "deployed; what cannot be seen (a firewall that drops, a host that hangs) is",
    "unknown, and never taken for absent unless you say so with --assume-absent.",
    "",
    "Exit status: 0 nothing to do; 4 something to do; 1 blocked; 3 unknown; 2 usage;",
    "130 Ctrl-C; 143 SIGTERM.",
  ],
  run: async (invocation) => (await import("../stack/plan.ts")).runPlan(invocation),
};

export default command;
