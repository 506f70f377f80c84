import { loadCatalog } from "../../src/catalog/index.ts";
import { identify } from "../../src/identify/identify.ts";
import type { Dial } from "../../src/model/net.ts";
import type { Identification } from "../../src/model/strategy.ts";
import { systemNet } from "../../src/net/index.ts";

const catalog = await loadCatalog();

const dial: Dial = async (endpoint, options) => {
  const result = await systemNet.dial(endpoint, { ...options, onClose: () => {} });
  return typeof result === "string" ? undefined : result;
};

/** `hint`: pretend that the port is that kind's usual one, by the name of its process. */
export function ask(port: number, hint?: string, timeoutMs = 1_000): Promise<Identification> {
  const endpoint = { address: "127.0.0.1", port, transport: "tcp" } as const;
  const subject = { endpoint, latencyMs: 0.1, ...(hint !== undefined && { processName: hint }) };
  const signal = new AbortController().signal;
  return identify(subject, {
    net: systemNet,
    dial,
    catalog,
    sockets: 100,
    timeoutMs,
    httpTimeoutMs: timeoutMs,
    signal,
  });
}
