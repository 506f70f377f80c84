import { DiscoverError } from "../model/errors.ts";
import type { ServersConfig } from "../model/servers.ts";
import { placeText, readJson } from "./json-places.ts";
import type { ConfigFault } from "./schema.ts";

/** Nobody's list of servers is longer. */
const MOST_LETTERS = 4 * 1024 * 1024;

/** Reads the text of a registered servers file. Throws `bad-setting`. */
export async function parseServers(given: string, called: string): Promise<ServersConfig> {
  const text = given.replace(/^\ufeff/, "");
  const refuse = (offset: number, fault: string): never => {
    throw new DiscoverError("bad-setting", oneLine(`${called} ${placeText(text, offset)}: ${fault}`));
  };
  if (text.length > MOST_LETTERS) return refuse(0, `more than ${MOST_LETTERS} letters`);
  if (text.trim() === "") return refuse(0, "the file is empty: at least {} must be in it");
  const read = readJson(text);
  if ("fault" in read) return refuse(read.offset, read.fault);
  const { checkFile } = await import("./schema.ts");
  const checked = checkFile(read.value);
  if (!isFaults(checked)) return checked;
  const placed = checked.map((one) => ({ ...one, offset: offsetOf(one.path, read.offsets) }));
  const [first] = placed.toSorted((a, b) => a.offset - b.offset);
  return refuse(first?.offset ?? 0, first === undefined ? "not understood" : faultText(first));
}

/** Whether something is wrong with what was checked. */
export function isFaults(checked: ServersConfig | readonly ConfigFault[]): checked is readonly ConfigFault[] {
  return Array.isArray(checked);
}

export function faultText({ path, fault }: ConfigFault): string {
  return path === "" ? fault : `${path}: ${fault}`;
}

/** Where a part stands; what is missing, where it should be. */
function offsetOf(path: string, offsets: ReadonlyMap<string, number>): number {
  for (let at = path; at !== ""; at = at.replace(/(?:^|\.)[^.]*$|\[\d+\]$/, "")) {
    const offset = offsets.get(at);
    if (offset !== undefined) return offset;
  }
  return offsets.get("") ?? 0;
}

const LONGEST_MESSAGE = 500;

/** A message is one line, and not without end, whatever a file or its name holds. */
export function oneLine(text: string): string {
  const cut = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
