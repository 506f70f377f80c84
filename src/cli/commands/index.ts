import type { CommandRow } from "../command.ts";
import { LINES_OUTPUT, LINES_QUIET, WAIT_PORTS, WAIT_RANGE, WAIT_TIMEOUT } from "../wait-settings.ts";

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
    name: "wait",
    args: "<type|host:port|url>…",
    summary: "Wait until it is there and healthy",
    flags: [
      "range",
      "exclude",
      "ports",
      "timeout",
      "httpTimeout",
      "httpHeader",
      "output",
      "progress",
      "quiet",
      "debug",
      "config",
    ],
    own: [WAIT_RANGE, WAIT_PORTS, WAIT_TIMEOUT, LINES_OUTPUT, LINES_QUIET],
    load: () => import("./wait.ts"),
  },
  {
    name: "check",
    args: "<port> [type]",
    summary: "Say whether a port of this machine is free, and who has it",
    flags: ["timeout", "httpTimeout", "output", "quiet", "debug", "config"],
    own: [LINES_OUTPUT, LINES_QUIET],
    load: () => import("./check.ts"),
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
    args: "[scan|wait|check]",
    summary: "Print the JSON Schema of a command's document",
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
