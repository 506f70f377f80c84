import type { Transport } from "../../model/endpoint.ts";
import type { Evidence, Service } from "../../model/inventory.ts";
import type { JsonObject } from "../../model/json.ts";
import { healthOf } from "./check-schema.ts";
import { amount, closedObject, moment, oneOf, text, textOrNull, texts } from "./field.ts";
import { METADATA } from "./metadata-schema.ts";

const TRANSPORTS: Readonly<Record<Transport, string>> = {
  tcp: "a connection",
  udp: "datagrams",
};

const EVIDENCE = closedObject<Evidence>("One thing that was seen, by whom and when.", {
  strategy: text("The strategy that saw it."),
  at: moment("When it was seen."),
  endpoint: text("Where it was seen: address:port, an IPv6 address in brackets."),
  summary: text("What was seen, in one line."),
});

export const SERVICE: JsonObject = closedObject<Service>(
  "One real thing on the network, merged from all that was seen of it.",
  {
    id: text("type@host:port: unique in this document, and the same from run to run."),
    name: text("What to call it; its type where it has no name of its own."),
    type: text("What it is, for example postgresql; unknown where something answers that nobody recognised."),
    category: text("What it is for, for example database; plug-ins may bring categories of their own."),
    host: text("The address to use first; an IPv6 address without brackets, its zone kept."),
    port: { type: "integer", minimum: 0, maximum: 65_535, description: "The port it listens on." },
    transport: oneOf("How it is spoken to.", TRANSPORTS),
    addresses: texts("Every address it was found at, host included.", 1),
    hostnames: texts("Names by which it was found."),
    url: textOrNull("How to reach it; null where its kind has no URL scheme."),
    tls: {
      type: "boolean",
      description: "Whether it speaks TLS, from the first byte or after asking for it.",
    },
    status: healthOf("How it is, as far as it says without credentials."),
    product: textOrNull("The product as its makers write it; null where it does not tell."),
    version: textOrNull("Its version as it gives it; null where it does not tell."),
    confidence: {
      type: "number",
      minimum: 0,
      maximum: 1,
      description:
        "How sure the type is. From 0.95: it answered what only this kind understands; 0.5: others would fit too.",
    },
    latencyMs: {
      type: ["number", "null"],
      minimum: 0,
      description: "Time until a connection stood, in milliseconds; null where none was made.",
    },
    strategies: texts("The strategies that saw it.", 1),
    metadata: METADATA,
    lastSeen: moment("When it was last seen."),
    ttlSeconds: amount("How long this may be believed, in seconds from lastSeen."),
    evidence: { type: "array", items: EVIDENCE, description: "Why it is said to be what it is." },
    stale: {
      const: true,
      description:
        "It was there when it was last seen, too long ago to be relied on. Only in answers from the cache; absent otherwise.",
    },
  },
  ["stale"],
);
