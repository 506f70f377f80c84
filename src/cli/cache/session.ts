import { loadCatalog } from "../../catalog/index.ts";
import { type ServiceCache } from "../../inventory/cache/cache.ts";
import { fileFault } from "../../model/error-code.ts";
import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import { printable } from "../../output/printable.ts";
import { counted } from "../../output/table/quantity.ts";
import { shown } from "../../targets/token.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { SETTINGS } from "../settings/settings.ts";
import { resolve } from "../settings/sources.ts";
import { tableText, wantsJson } from "../terminal/plain-output.ts";
import { openUserCache } from "./open.ts";
import { userPlace } from "./place.ts";
import { HEADER, cellsOf, rowOf } from "./rows.ts";

const ACTIONS = ["show", "clear"] as const;
type Action = (typeof ACTIONS)[number];

/** Shows the cache, or clears it. Throws `bad-option` for another word, `file` where it cannot be cleared. */
export async function runCache({ args, flags, io }: Invocation): Promise<number> {
  const action = readAction(args);
  const json = wantsJson(flags);
  const quiet = resolve(SETTINGS.quiet, { flags, env: {}, file: undefined }).value;
  const warn = (line: string): void => void (quiet || io.stderr.write(`warning: ${printable(line)}\n`));
  const cache = await openUserCache(userPlace(io), { catalog: await loadCatalog(), warn });
  if (action === "show") io.stdout.write(json ? showJson(cache) : showTable(cache, { io }));
  else {
    const cleared = await clear(cache);
    const line = cleared === 0 ? "nothing was kept" : `forgot ${counted(cleared, "endpoint")}`;
    if (json) io.stdout.write(`${JSON.stringify({ file: cache.file, cleared }, null, 2)}\n`);
    else if (!quiet) io.stdout.write(`${line}\n`);
  }
  return EXIT.complete;
}

function readAction(args: readonly string[]): Action {
  const [word = "", ...more] = args;
  const action = ACTIONS.find((one) => one === word);
  if (action !== undefined && more.length === 0) return action;
  if (action !== undefined)
    throw new DiscoverError(
      "bad-option",
      `'discover cache ${action}' takes no arguments, not ${shown(more.join(" "))}`,
    );
  if (word === "") throw new DiscoverError("bad-option", "'discover cache' takes show or clear");
  const near = suggestion(word.toLowerCase(), ACTIONS) || "; it takes show or clear";
  throw new DiscoverError("bad-option", `no such thing to do with the cache: ${shown(word)}${near}`);
}

function showJson(cache: ServiceCache): string {
  const now = Date.now();
  const endpoints = cache.endpoints(now).map((one) => rowOf(one, now));
  return `${JSON.stringify({ file: cache.file, endpoints }, null, 2)}\n`;
}

function showTable(cache: ServiceCache, { io }: Pick<Invocation, "io">): string {
  const now = Date.now();
  const all = cache.endpoints(now);
  // There are hundreds of them, for half a minute.
  const met = all.filter(({ state }) => state !== "closed");
  const rows = met.map((one) => cellsOf(rowOf(one, now)).map(printable));
  const refused = all.length - met.length;
  const more = refused === 0 ? "" : ` and ${refused} where nobody was,`;
  const place = `${counted(rows.length, "endpoint")}${more} in ${printable(cache.file)}\n`;
  return rows.length === 0 ? place : `${tableText([HEADER, ...rows], io)}\n${place}`;
}

async function clear(cache: ServiceCache): Promise<number> {
  try {
    return await cache.clear();
  } catch (cause) {
    throw new DiscoverError("file", `cannot clear the cache ${shown(cache.file)}: ${fileFault(cause)}`, {
      cause,
    });
  }
}
