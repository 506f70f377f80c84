import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover catalog", does: "All of them" },
    { command: "discover catalog redis", does: "One in full" },
    { command: "discover catalog --category=database", does: "One category" },
  ],
  run: async (invocation) => (await import("../catalog-report.ts")).runCatalog(invocation),
};

export default command;
