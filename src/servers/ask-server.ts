import { endpointText } from "../model/endpoint.ts";
import { askAgent } from "./ask-agent.ts";
import type { AskOptions, Asked } from "./asked.ts";
import { within } from "./within.ts";

/** An agent at any address is the server's; what could not be found out at one keeps it from being absent. */
const GRAVITY = ["agent", "error", "absent"] as const;

/**
 * Asks a server at all of its addresses at once: one that is silent must not keep another from being heard. Never
 * rejects; ends with `signal`.
 */
export async function askServer(
  addresses: readonly string[],
  { host, port }: { readonly host: string; readonly port: number },
  options: Omit<AskOptions, "hostname">,
): Promise<Asked> {
  return within(Number.POSITIVE_INFINITY, options.signal, async (signal, stop) => {
    const all = await Promise.all(
      addresses.map(async (address) => {
        const endpoint = { address, port, transport: "tcp" } as const;
        const asked = await askAgent(endpoint, { ...options, hostname: hostnameOf(host), signal });
        if (asked.kind === "agent") stop();
        return addresses.length > 1 ? placed(asked, endpointText(endpoint)) : asked;
      }),
    );
    const decides = GRAVITY.flatMap((kind) => all.filter((asked) => asked.kind === kind))[0];
    return decides ?? { kind: "error", summary: "it has no address" };
  });
}

function placed(asked: Asked, where: string): Asked {
  return asked.kind === "error" ? { ...asked, summary: `${asked.summary} (${where})` } : asked;
}

/** Without its dot at the end, which is for resolvers alone; and without a zone, which is this machine's own affair. */
function hostnameOf(host: string): string {
  return host.replace(/\.$/, "").replace(/%.*$/, "");
}
