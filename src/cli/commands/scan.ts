import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover", does: "What runs on this machine" },
    { command: "discover local", does: "The networks this machine is in" },
    { command: "discover 192.168.1.0/24 db.example.com", does: "A network and a host" },
    { command: "discover 10.0.0.5-20 --ports=22,8000-8100", does: "Some hosts, some ports" },
    { command: "discover --output=json | jq .services", does: "For other programs" },
    { command: "discover --expect=postgresql,redis", does: "Exit with 1 if either is missing" },
    { command: "discover --cached --type=redis", does: "What is known, nothing sent" },
    { command: "discover --test", does: "Whether every strategy works here" },
    { command: "discover - --save=found.yaml < hosts.txt", does: "Targets from standard input" },
  ],
  notes: [
    "--cached sends nothing. It knows what was met in the last 5 minutes (or for as",
    "long as a record says), and what refused in the last 30 s. What was met before",
    "that, within a day, shows as stale and does not count as known. The exit status",
    "is 0 only where all that was asked for is known, and else 3.",
    "",
    "Exit status: 0 all was looked at; 1 an --expect was not met; 2 usage;",
    "3 the run was incomplete; 130 Ctrl-C; 143 SIGTERM; 70 a fault of sonde's own.",
  ],
  async run(invocation) {
    const isTest = invocation.flags.get("test")?.at(-1) === "true";
    return isTest
      ? (await import("../self-test-session.ts")).runSelfTest(invocation)
      : (await import("../scan/session.ts")).runScan(invocation);
  },
};

export default command;
