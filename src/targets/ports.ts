import { DiscoverError } from "../model/errors.ts";
import { suggestion } from "../model/nearest.ts";
import { shown } from "./token.ts";

const LAST = 65_535;
const HINT = "for example 22,8000-8100, common or all";

/**
 * Ports from text, ascending, each once: a comma list of ports, ranges (`8000-8100`, `-1024`, `60000-`), `common`
 * (`catalogPorts`) and `all`. Throws `bad-port`; `where` says in it where the text came from.
 */
export function parsePorts(text: string, catalogPorts: readonly number[], where = "--ports"): number[] {
  // By port: a set of all of them, sorted, would take twenty times as long.
  const isWanted = new Uint8Array(LAST + 1);
  for (const item of text.split(",")) {
    for (const port of parseItem(item.trim(), catalogPorts, where)) isWanted[port] = 1;
  }
  return range(1, LAST).filter((port) => isWanted[port] === 1);
}

function parseItem(item: string, catalogPorts: readonly number[], where: string): Iterable<number> {
  const refuse = (why: string): never => {
    throw new DiscoverError("bad-port", `${item === "" ? "no port" : shown(item)} (${where}): ${why}`);
  };
  if (item === "") return refuse(`give one, ${HINT}`);
  const word = item.toLowerCase();
  if (word === "common") return catalogPorts;
  if (word === "all") return range(1, LAST);
  const [, from, hyphen, to] = /^(\d*)(-?)(\d*)$/.exec(item) ?? [];
  if (from === undefined || (from === "" && to === "")) {
    const near = suggestion(word, ["common", "all"]);
    return refuse(near === "" ? `not a port; give one, ${HINT}` : `not a port${near}`);
  }
  const first = from === "" ? 1 : Number(from);
  const last = hyphen === "" ? first : to === "" ? LAST : Number(to);
  const wrong = [first, last].find((port) => port < 1 || port > LAST);
  if (wrong !== undefined) return refuse(`a port is 1 to ${LAST}`);
  if (last < first) return refuse(`the range is reversed: write ${last}-${first}`);
  return range(first, last);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
