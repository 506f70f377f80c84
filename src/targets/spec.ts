import type { AddressRange } from "../model/target.ts";

/**
 * What one token asks for.
 *
 * - `ranges`: these addresses.
 * - `name`: all addresses of a host name, which is ASCII in lower case and may end in a dot.
 * - `local`: the networks of this machine's own interfaces.
 * - `localhost`: this machine's loopback addresses.
 */
export type TargetSpec =
  | { readonly kind: "ranges"; readonly ranges: readonly AddressRange[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "local" }
  | { readonly kind: "localhost" };
