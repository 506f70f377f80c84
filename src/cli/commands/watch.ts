import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover watch", does: "What runs on this machine, live" },
    { command: "discover watch local --strategy=all", does: "The networks it is in, mDNS and all" },
    { command: "discover watch db.example --interval=2s", does: "One host, often" },
    { command: "discover watch --type=redis | jq -c .event", does: "A line for each change" },
  ],
  notes: [
    "On a terminal a table, + new, ~ changed, - gone; elsewhere a line of JSON for",
    "each appeared, changed, gone, round and warning ('discover schema watch'). What",
    "refuses is gone at once, what is silent the second time, what mDNS announces",
    "when that is withdrawn or its time to live ends. --save and --expect are of a",
    "run's end, and a watch has none.",
    "",
    "Exit status: 130 Ctrl-C; 143 SIGTERM; 0 nobody reads any more; 2 usage.",
  ],
  run: async (invocation) => (await import("../watch/session.ts")).runWatch(invocation),
};

export default command;
