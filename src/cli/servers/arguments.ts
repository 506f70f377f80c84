import { DiscoverError } from "../../model/errors.ts";
import type { RemoteServer } from "../../model/servers.ts";
import { shown } from "../../targets/token.ts";
import { requireKnown } from "../settings/kinds.ts";
import { parsePlace } from "../wait/place.ts";

/** What `discover servers` is to do. */
export type ServersAction =
  | { readonly kind: "list" }
  | { readonly kind: "init" }
  | { readonly kind: "add"; readonly server: RemoteServer }
  | { readonly kind: "remove" | "enable" | "disable"; readonly name: string };

/** How each is written. */
const USAGE = {
  list: "list",
  init: "init",
  add: "add NAME HOST:PORT [DESCRIPTION]",
  remove: "remove NAME",
  enable: "enable NAME",
  disable: "disable NAME",
} as const;

type Kind = keyof typeof USAGE;

/** Reads `add gpu 10.0.0.9:8100`; nothing is `list`. Throws `DiscoverError` with the nearest right thing. */
export async function readServersAction(args: readonly string[]): Promise<ServersAction> {
  const [word = "list", ...rest] = args;
  requireKnown(word, "action", Object.keys(USAGE), "argument 1");
  if (!isKind(word)) throw new Error(`${word} is no action`);
  switch (word) {
    case "list":
    case "init":
      requireCount(word, rest, 0, 0);
      return { kind: word };
    case "add":
      requireCount(word, rest, 2, 3);
      return { kind: word, server: await readServer(rest) };
    case "remove":
    case "enable":
    case "disable":
      requireCount(word, rest, 1, 1);
      return { kind: word, name: rest[0] ?? "" };
  }
}

function isKind(word: string): word is Kind {
  return word in USAGE;
}

function requireCount(kind: Kind, rest: readonly string[], least: number, most: number): void {
  if (rest.length >= least && rest.length <= most) return;
  const what = rest.length < least ? "something is missing" : `${shown(rest[most] ?? "")} is too much`;
  throw new DiscoverError("bad-option", `discover servers ${kind}: ${what}; discover servers ${USAGE[kind]}`);
}

async function readServer([
  name = "",
  place = "",
  description = "",
]: readonly string[]): Promise<RemoteServer> {
  const { host, port } = await parsePlace(place, "argument 3");
  if (host !== undefined) return { name, host, port, enabled: true, description };
  throw new DiscoverError(
    "bad-target",
    `${shown(place)} (argument 3): it has no host — did you mean 'localhost:${port}'?`,
  );
}
