import type { Net } from "../model/net.ts";

/** Asks the system's resolver: /etc/hosts, DNS and whatever else it is set up for. Rejects where it knows nothing. */
type SystemLookup = (name: string) => Promise<string[]>;

/** How the link is asked. */
interface LinkOptions {
  readonly interfaces: readonly string[];
  readonly signal: AbortSignal;
  /** A stranger's word for what is this machine's own does not count. */
  readonly isOwn: (address: string) => boolean;
}

/**
 * All addresses of a host name. Names under `local` are the link's (RFC 6762, section 3): it is asked first, on these
 * interfaces, and the system's resolver where nobody there answers.
 */
export async function hostAddresses(
  name: string,
  net: Pick<Net, "multicast">,
  system: SystemLookup,
  { interfaces, signal, isOwn }: LinkOptions,
): Promise<string[]> {
  if (!/\.local\.?$/i.test(name)) return system(name);
  const { lookUpLocal } = await import("../mdns/lookup.ts");
  const found = await lookUpLocal(name, net, { interfaces, signal, isOwn });
  // Name servers know nothing of the link: what they fail at is no news.
  return found.length > 0 ? found : system(name).catch(() => []);
}
