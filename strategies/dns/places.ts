import { isUnder, parseName } from "../../src/dns/name.ts";
import type { Inquiry } from "./inquiry.ts";
import type { Session } from "./session.ts";
import { type Reach, reachOf } from "./usable-address.ts";

/** An address at which a service is said to be. */
export interface Place {
  readonly address: string;
  readonly reach: Reach;
  /** Nobody is to be sent there by that word. */
  readonly offLink: boolean;
}

/** The addresses that can be a host's. */
export function placesOf(addresses: readonly string[], inquiry: Inquiry, session: Session): Place[] {
  return addresses
    .map((address) => ({ address, reach: reachOf(address) }))
    .filter(({ reach }) => reach !== "nowhere")
    .map(({ address, reach }) => {
      const offLink = reach === "metadata" || (reach === "near" && !mayLeadNear(inquiry, session));
      return { address, reach, offLink };
    });
}

/**
 * Whether a name's records may lead to this machine itself: they come from this machine's own name servers, or the user
 * asked for the name, or in the domain that it is in. Strangers' names must not point us at our own services.
 */
function mayLeadNear({ name, literal }: Inquiry, { scope, servers, context }: Session): boolean {
  if (literal === true || servers.every(({ address }) => context.isOwn(address))) return true;
  const named = scope.domains.map(parseName).filter((domain) => domain !== undefined);
  return named.some((domain) => isUnder(name, domain));
}
