import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover report", does: "By ./sonde.servers.json, or the defaults" },
    { command: "discover report --servers=lab.json", does: "By another file" },
    { command: "discover report --output=json | jq .ok", does: "For other programs" },
  ],
  notes: [
    "The local server is ready when it is enabled, its port is free (or, with",
    "auto_discover_port, one of a hundred from base_port on), and its directory can",
    "be read and written. Nothing is started. Remote servers are asked for /status,",
    "all at once, each for 2.0 s at most; what they say never fails the report.",
    "",
    "✓ ready  ● running  ○ not running, or disabled  ✗ error",
    "",
    "Exit status: 0 the local server runs or is ready; 1 it is not; 2 usage, or a",
    "file that cannot be understood; 130 Ctrl-C; 143 SIGTERM.",
  ],
  run: async (invocation) => (await import("../servers/report-session.ts")).runReport(invocation),
};

export default command;
