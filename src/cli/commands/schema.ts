import type { Command } from "../command.ts";

const command: Command = {
  examples: [
    { command: "discover schema > sonde.schema.json", does: "To validate documents with" },
    { command: "discover schema wait", does: "Of what 'discover wait' writes" },
    { command: "discover schema stack", does: "Of a stack file, for editors" },
  ],
  run: async (invocation) => (await import("../schema-print.ts")).printSchema(invocation),
};

export default command;
