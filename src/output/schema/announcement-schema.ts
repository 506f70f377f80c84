import type { Announcement } from "../../model/announcement.ts";
import type { JsonObject } from "../../model/json.ts";
import { amount, closedObject, text, texts, whole } from "./field.ts";

/** An announcement as the metadata has it: by whom, and what came of looking. */
interface Announced extends Announcement {
  readonly strategy: string;
  readonly verified?: boolean;
}

const OPTIONAL = [
  "instance",
  "serviceType",
  "subtypes",
  "priority",
  "weight",
  "txt",
  "interface",
  "facts",
  "verified",
] as const;

const TXT: JsonObject = {
  type: "object",
  description: "Pairs of the TXT record: text, true for a key without a value, base64 for what is no UTF-8.",
  additionalProperties: {
    anyOf: [
      { type: "string" },
      { const: true },
      {
        type: "object",
        properties: { base64: { type: "string" } },
        required: ["base64"],
        additionalProperties: false,
      },
    ],
  },
};

const FACTS: JsonObject = {
  type: "object",
  description: "What else the strategy knows of it.",
  additionalProperties: true,
};

export const ANNOUNCEMENT: JsonObject = closedObject<Announced>(
  "What a name server or a host on the link says is there.",
  {
    strategy: text("The strategy that was told."),
    name: text("The name under which it was found."),
    instance: text("The instance's own name, where it is a DNS-SD instance."),
    serviceType: text("The DNS-SD or SRV type, for example _postgresql._tcp."),
    subtypes: texts("DNS-SD subtypes it is listed under."),
    domain: text("Where it was found, for example corp.test or local."),
    target: text("The host that the SRV record names."),
    priority: whole("SRV priority: the lowest first (RFC 2782)."),
    weight: whole("SRV weight: the share among those of one priority (RFC 2782)."),
    txt: TXT,
    interface: text("The interface it was heard on."),
    ttlSeconds: amount("How long the records may be believed, in seconds."),
    facts: FACTS,
    verified: {
      type: "boolean",
      description: "Whether a connection was accepted there; absent where nobody looked or could tell.",
    },
  },
  OPTIONAL,
);
