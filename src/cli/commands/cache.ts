import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover cache show", does: "Endpoints, how long they count, and the file" },
    { command: "discover cache show --output=json", does: "The same for other programs" },
    { command: "discover cache clear", does: "Forget all of it" },
  ],
  notes: [
    "Every scan keeps what it finds in $XDG_CACHE_HOME/sonde (~/.cache/sonde), for",
    "this user alone, unless it has --no-cache. What was met counts for 5 minutes, or",
    "for as long as a record says, a refusal for 30 s; then it is stale, and in a day",
    "gone. What was met in another network is kept, and does not count in this one.",
    "",
    "Exit status: 0 done; 2 usage, or the file cannot be taken away.",
  ],
  run: async (invocation) => (await import("../cache/session.ts")).runCache(invocation),
};

export default command;
