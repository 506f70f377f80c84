import { latin1 } from "../../src/model/bytes.ts";
import type { CatalogEntry, HttpExample, Probe, ProbeExample } from "../../src/model/catalog.ts";
import type { Listening } from "./listening.js";
import { startPages, startScript } from "./stand-in-server.js";
import type { Exchange } from "./stand-in-server.js";

export interface StandInOptions {
  /** 127.0.0.1 where absent. */
  readonly host?: string;
  /** A free one where absent. */
  readonly port?: number;
}

export function isHttpExample(example: HttpExample | ProbeExample): example is HttpExample {
  return "path" in example;
}

/**
 * An HTTP server in this process that answers as the examples have it: path to status, headers and body, 404 for
 * any other path. Of several examples with one path the first counts, so hand in those of one product.
 */
export function startHttpStandIn(
  examples: readonly HttpExample[],
  options?: StandInOptions,
): Promise<Listening> {
  return startPages(examples, options);
}

/** A TCP server in this process that answers as one example of the entry has it. See `scriptOf`. */
export function startProbeStandIn(
  entry: CatalogEntry,
  example: ProbeExample,
  options?: StandInOptions,
): Promise<Listening> {
  return startScript(scriptOf(entry, example), options);
}

/**
 * The conversation that an example recorded only the replies of: its probe asks the first question, and what
 * the probe makes of each reply says which question comes next. Throws where the example has more replies than
 * the probes ask for, or goes on inside TLS.
 */
export function scriptOf(entry: CatalogEntry, example: ProbeExample): Exchange[] {
  let probe = entry.probes?.find(({ name }) => name === example.probe);
  return example.replies.map((text) => {
    if (probe === undefined) throw new Error(`${entry.type}, '${example.name}': nobody asks for this reply`);
    const reply = typeof text === "string" ? latin1(text) : text;
    const exchange = exchangeOf(probe, reply);
    probe = nextProbe(probe, reply);
    return exchange;
  });
}

function exchangeOf(probe: Probe, reply: Uint8Array): Exchange {
  const answer = { reply: base64(reply) };
  return probe.send === undefined ? answer : { question: base64(probe.send), ...answer };
}

function nextProbe(probe: Probe, reply: Uint8Array): Probe | undefined {
  const early = probe.read(reply, false);
  const reading = early?.kind === "more" ? probe.read(reply, true) : early;
  if (reading?.kind === "secure") throw new Error("a stand-in speaks no TLS");
  return reading === undefined || reading.kind === "more" ? undefined : reading.next;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
