import type { JsonObject } from "../../model/json.ts";
import { REPORT_VERSION } from "../../model/servers.ts";
import type { AgentFacts, AgentState, LocalReport, LocalStatus, RemoteReport } from "../../model/servers.ts";
import type { RemoteStatus, StartupReport } from "../../model/servers.ts";
import { amount, closedObject, moment, oneOf, text, textOrNull, texts, whole } from "./field.ts";

const AGENT_STATES: Readonly<Record<AgentState, string>> = {
  starting: "its process is there, and not ready yet",
  running: "it works",
  stopped: "it ended, and is not to be started again",
  failed: "it ended though it should not have, or answers no more",
  unknown: "its server says something else, or nothing",
};

const LOCAL_STATES: Readonly<Record<LocalStatus, string>> = {
  running: "a sonde agent answers at its port already",
  ready: "it can be started",
  disabled: "the file says that there is to be none",
  error: "it cannot be started",
};

const REMOTE_STATES: Readonly<Record<RemoteStatus, string>> = {
  running: "a sonde agent answers there",
  registered_not_running: "the host refuses: nothing listens",
  disabled: "it was not asked, since the file says so",
  error: "whether it runs could not be found out, or something else answers there",
};

function port(description: string): JsonObject {
  return { type: "integer", minimum: 1, maximum: 65_535, description };
}

const AGENTS: JsonObject = {
  type: "array",
  description: "Its agents, as the server that answers tells of them.",
  items: closedObject<AgentFacts>(
    "An agent of a server.",
    {
      name: text("Its name."),
      port: port("Its port, on the host of its server."),
      status: oneOf("What it does.", AGENT_STATES),
      pid: whole("Process id on its host.", 1),
      restarts: whole("How often it was started anew after a failure."),
    },
    ["pid", "restarts"],
  ),
};

const VERSION = textOrNull("Version of the agent that answered; null where none did, or it does not say.");

const LOCAL = closedObject<LocalReport>("The server of this machine.", {
  status: oneOf("How it stands with it.", LOCAL_STATES),
  ok: { type: "boolean", description: "Whether it runs, or can be started." },
  error: textOrNull("Why it cannot be started; null where it can."),
  host: text("What it listens on, as the file has it."),
  port: {
    anyOf: [port("The port."), { type: "null" }],
    description: "The port that it has or would have; null where there is none for it.",
  },
  remedies: texts("What the user can do about the error, one line each."),
  note: textOrNull("What else is to be known, such as that another port is taken than the first one."),
  directory: text("The agents directory, absolute."),
  maxAgents: whole("Agents that it may have at once.", 1),
  version: VERSION,
  agents: AGENTS,
});

const REMOTE = closedObject<RemoteReport>("A registered server on another host.", {
  name: text("Its name in the file."),
  host: text("Its host in the file."),
  port: port("Its port in the file."),
  description: text("Its description in the file; empty where it has none."),
  status: oneOf("What came of asking it.", REMOTE_STATES),
  summary: text("What was seen, in one line."),
  version: VERSION,
  agents: AGENTS,
  latencyMs: {
    anyOf: [amount("Milliseconds."), { type: "null" }],
    description: "Until it answered, in milliseconds; null where it did not.",
  },
});

/** The JSON Schema (draft 2020-12) of the document that `discover report --output=json` writes. */
export const REPORT_SCHEMA: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:sonde:report:${REPORT_VERSION}`,
  title: "sonde startup report",
  ...closedObject<StartupReport>("The server of this machine, and the registered ones on others.", {
    schemaVersion: {
      const: REPORT_VERSION,
      description: "Version of this document's shape; raised by a change that breaks a reader.",
    },
    at: moment("When it was looked at."),
    file: textOrNull("The registered servers file as it was named; null where there is none."),
    ok: { type: "boolean", description: "Whether the local server runs, or can be started." },
    local: LOCAL,
    remotes: { type: "array", items: REMOTE, description: "In the order of the file." },
    durationMs: amount("How long it took, in milliseconds."),
  }),
};
