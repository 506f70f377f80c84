import { entryOf } from "../../catalog/entry-of.ts";
import { typeWords } from "../../inventory/filter.ts";
import type { Catalog } from "../../model/catalog.ts";
import { DiscoverError } from "../../model/errors.ts";
import { shown } from "../../targets/token.ts";
import { requireKnown } from "../settings/kinds.ts";
import { portOf } from "../wait/place.ts";

/** A port, and what it should be: a type or a product, in lower case. */
export interface CheckedPort {
  readonly port: number;
  readonly wanted?: string;
}

/** Reads `5432` and `5432 postgresql`. Throws `bad-port`, `bad-setting` or `bad-option` with the nearest right thing. */
export function readCheck(args: readonly string[], catalog: Catalog): CheckedPort {
  const [given = "", type, ...more] = args;
  if (args.length === 0)
    throw new DiscoverError("bad-option", "check which port? discover check 5432 postgresql");
  if (more.length > 0)
    throw new DiscoverError("bad-option", `one port and one type, not ${shown(more.join(" "))}`);
  const port = readPort(given, type, catalog);
  if (type === undefined) return { port };
  const wanted = type.toLowerCase();
  const known = typeWords(catalog).filter((word) => word !== "unknown");
  requireKnown(wanted, "type", known, "argument 2");
  return { port, wanted };
}

function readPort(given: string, type: string | undefined, catalog: Catalog): number {
  if (/^\d+$/.test(given)) return portOf(given, "argument 1");
  const refuse = (why: string): never => {
    throw new DiscoverError("bad-port", `${shown(given) || "no port"} (argument 1): ${why}`);
  };
  const entry = entryOf(given.toLowerCase(), catalog);
  const [usual] = entry?.ports ?? [];
  if (entry !== undefined) {
    const port = type !== undefined && /^\d+$/.test(type) ? type : usual;
    return refuse(
      `a type, not a port — did you mean 'discover check ${port ?? "PORT"} ${given.toLowerCase()}'?`,
    );
  }
  const bare = /^(?:localhost|127\.0\.0\.1|\[::1\])?:(\d+)$/i.exec(given)?.[1];
  if (bare !== undefined) return refuse(`this machine is meant anyway — did you mean '${bare}'?`);
  if (given.includes(":"))
    return refuse("only ports of this machine are checked; discover wait takes host:port");
  return refuse("a port is a number from 1 to 65535");
}
