import { nearest, suggestion } from "../model/nearest.ts";
import type { Placement } from "../model/stack.ts";
import { shown } from "../targets/token.ts";
import { quoted } from "./wording.ts";

const KINDS = ["local", "discovered", "auto"] as const;

/** What a placement looks like; whether there is such a host is another's question. */
export const PLACEMENT_PATTERN: RegExp = /^(?:local|discovered|auto|remote@.+)$/;

/** The placement of a text that is one. */
export function placementOf(text: string): Placement {
  const kind = KINDS.find((known) => known === text);
  return kind === undefined ? { kind: "remote", host: text.slice("remote@".length) } : { kind };
}

/** Why a text is no placement. */
export function placementFault(text: string): string {
  const [word = "", ...rest] = text.split("@");
  const host = shown(rest.join("@"));
  // The host is the user's own: what is near is told by the word before it.
  const isRemote = host !== "" && nearest(word, ["remote"]) !== undefined;
  const meant = isRemote ? ` — did you mean 'remote@${host}'?` : suggestion(text, [...KINDS, "remote@host"]);
  const all = "; there are local, remote@host, discovered and auto";
  return `no such placement: ${quoted(text)}${meant === "" ? all : meant}`;
}

/** As services may be called: their names stand in placeholders and in names of files. */
export const NAME_PATTERN: RegExp = /^[A-Za-z][\w-]{0,62}$/;
export const NAME_RULE = "a service's name is a letter, then letters, digits, '-' and '_', at most 63 in all";

/** A user's name as ssh takes it: nothing that could be an option, or end the name. */
export const USER_PATTERN: RegExp = /^[A-Za-z_][\w.-]*\$?$/;

/** A path and a query as they go into a request's first line (RFC 9112, section 3.2.1). */
export const PATH_PATTERN: RegExp = /^\/[\x21-\x7e]*$/;

/** What no argument, path or variable of a process may hold. */
export const WITHOUT_NUL: RegExp = /^[^\0]*$/;

/** A variable's name in an environment. */
export const VARIABLE_PATTERN: RegExp = /^[A-Za-z_]\w*$/;
