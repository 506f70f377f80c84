import type { Command } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { refuseArguments } from "../refuse-arguments.ts";

const command: Command = {
  examples: [{ command: "discover schema > sonde.schema.json", does: "To validate documents with" }],
  async run({ args, io }) {
    refuseArguments("schema", args);
    const { INVENTORY_SCHEMA } = await import("../../output/schema.ts");
    io.stdout.write(`${JSON.stringify(INVENTORY_SCHEMA, null, 2)}\n`);
    return EXIT.complete;
  },
};

export default command;
