import type { JsonObject } from "../../model/json.ts";
import {
  type Action,
  type Alternative,
  type Decision,
  PLAN_VERSION,
  type Plan,
  type PlanVerdict,
} from "../../model/plan.ts";
import type { PlacementStrategy } from "../../model/stack.ts";
import { closedObject, oneOf, text, textOrNull, texts, whole } from "./field.ts";

const ACTIONS: Readonly<Record<Action, string>> = {
  adopt: "it is there already, and is used",
  nothing: "an earlier boot started it, and it runs",
  start: "it is not there, and is started on this machine",
  deploy: "it is not there, and belongs on another host",
  blocked: "it is not there, or not as it must be, and cannot be had",
  unknown: "whether it is there could not be found out, and nothing is done on a guess",
};

const VERDICTS: Readonly<Record<PlanVerdict, string>> = {
  nothing: "all that is required is there; exit status 0",
  changes: "something is to be started or deployed; exit status 4",
  blocked: "something required cannot be had; exit status 1",
  unknown: "of something required nobody knows whether it is there; exit status 3",
};

const STRATEGIES: Readonly<Record<PlacementStrategy, string>> = {
  "local-first": "on this machine, if it will do",
  "remote-compute": "what needs a GPU where there is one, everything else on this machine",
  "distributed-ha": "spread over all hosts, the least loaded first",
  "dynamic-discovery": "where it fits best",
};

const ALTERNATIVE: JsonObject = closedObject<Alternative>(
  "Something that was considered and not taken.",
  {
    candidate: text("A service's id, or a host's name."),
    reason: text("Why not, in one line."),
    score: { type: "number", description: "Of a host that would have done: the more the better." },
  },
  ["score"],
);

const DECISION: JsonObject = closedObject<Decision>("What is to be done about one instance, and why.", {
  service: text("The service's name in the stack."),
  instance: whole("From 1 up to its replicas.", 1),
  type: text("What it is to be: a type or product of the catalog."),
  required: { type: "boolean", description: "Whether the stack is of no use without it." },
  action: oneOf("What is to be done.", ACTIONS),
  host: textOrNull("Where: localhost, a host of the stack, or an address; null where nowhere."),
  address: textOrNull("The address at which it is or will be; null where that is not known."),
  port: {
    type: ["integer", "null"],
    minimum: 1,
    maximum: 65_535,
    description: "The port; null where it is not known before it is started.",
  },
  serviceId: textOrNull("The id of the service that is adopted; null for the others."),
  version: textOrNull("The version of what is there; null where it does not tell."),
  url: textOrNull("How to reach what is there, where its scheme is known."),
  rule: text("The rule that decided, in one line."),
  evidence: texts("What was observed that the rule was put to, one line each."),
  reasons: texts("Why this one, and why there, one line each.", 1),
  rejected: { type: "array", items: ALTERNATIVE, description: "What was considered and not taken." },
  remedy: textOrNull("What can be done about blocked and unknown, in one line; null for the others."),
});

/** The JSON Schema (draft 2020-12) of the document that `discover plan --output=json` writes. */
export const PLAN_SCHEMA: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:sonde:plan:${PLAN_VERSION}`,
  title: "sonde plan",
  ...closedObject<Plan>("What is to be done so that everything that a stack names is there.", {
    schemaVersion: {
      const: PLAN_VERSION,
      description: "Version of this document's shape; raised by a change that breaks a reader.",
    },
    stack: text("The stack file, as it was named."),
    stackDigest: text("SHA-256 of the stack file's text, hex."),
    strategy: oneOf("What a place follows from, where a service has none of its own.", STRATEGIES),
    fingerprint: text("SHA-256, hex, of all that was seen of what the stack names; times and speeds aside."),
    verdict: oneOf("What it comes to: the gravest of what is required.", VERDICTS),
    decisions: {
      type: "array",
      items: DECISION,
      description: "In the order of the stack file, instance by instance.",
    },
    order: {
      type: "array",
      items: { type: "array", items: { type: "string" } },
      description: "Names of services in groups: each waits for those in the groups before it.",
    },
    warnings: texts("What the reader ought to know, one line each."),
  }),
};
