import type { CommandRow } from "../command.ts";

/** One row a command; a test compares it with the folder. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: "",
    args: "[targets…]",
    summary: "Find what runs there and say what it is",
    flags: "all",
    load: () => import("./scan.ts"),
  },
  {
    name: "config",
    args: "",
    summary: "Show each setting, its value, and where it came from",
    flags: "all",
    load: () => import("./config.ts"),
  },
  {
    name: "schema",
    args: "",
    summary: "Print the JSON Schema of the document",
    flags: [],
    load: () => import("./schema.ts"),
  },
  {
    name: "catalog",
    args: "[types…]",
    summary: "Show the kinds of service sonde knows",
    flags: ["output", "category"],
    load: () => import("./catalog.ts"),
  },
];
