import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover boot", does: "Bring up what services.yaml here names" },
    { command: "discover boot --dry-run", does: "Say what would be done" },
    { command: "discover boot --plan=plan.json", does: "As planned, or not at all" },
  ],
  notes: [
    "What is there is looked at again and adopted; what is missing is started in the",
    "order of its dependencies, and counts when it is healthy. Where a required",
    "service fails, what this boot started is stopped again, unless --keep is given.",
    "Where the plan is blocked or unknown nothing is started at all. What was started",
    "goes on when the boot is over: 'discover down' stops it.",
    "",
    "Exit status: 0 all that is required is there; 1 it is not, or the plan is",
    "blocked; 3 the plan is unknown; 2 usage, or the saved plan is out of date; with",
    "--dry-run that of 'discover plan'; 130 Ctrl-C; 143 SIGTERM.",
  ],
  run: async (invocation) => (await import("../stack/boot.ts")).runBoot(invocation),
};

export default command;
