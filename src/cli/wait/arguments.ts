import { loadCatalog } from "../../catalog/index.ts";
import { DiscoverError } from "../../model/errors.ts";
import { parseExclusion, parseTarget } from "../../targets/parse.ts";
import type { Invocation } from "../command.ts";
import { loadSettings } from "../settings/load.ts";
import { originText } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import { type Grounds, lookForType } from "./look.ts";
import { parseWant } from "./parse.ts";
import { WAIT_PORTS, WAIT_TIMEOUT } from "./settings.ts";
import type { Want } from "./want.ts";

/** All settings but those that a wait has of its own. */
export async function readOthers(
  { flags, io }: Pick<Invocation, "flags" | "io">,
  signal: AbortSignal,
): Promise<ReadSetting> {
  const own = [WAIT_TIMEOUT.key, WAIT_PORTS.key];
  const others = new Map([...flags].filter(([key]) => !own.includes(key)));
  return loadSettings({ flags: others, io }, signal);
}

/** Reads where to look, and where not, so that a mistake in either is told at once. */
export async function groundsOf(read: ReadSetting, ports: string | undefined): Promise<Grounds> {
  const [range, exclude] = [SETTINGS.range, SETTINGS.exclude].map((setting) => {
    const { value, origin } = read(setting);
    return value.map((text) => ({ text, where: originText(origin) }));
  });
  for (const token of range ?? []) await parseTarget(token);
  for (const token of exclude ?? []) await parseExclusion(token);
  const catalog = await loadCatalog();
  return { catalog, range: range ?? [], ...(ports !== undefined && { ports }) };
}

/** Reads all that is to be waited for. Looks nothing up. Throws `DiscoverError`. */
export async function wantsOf(args: readonly string[], grounds: Grounds): Promise<Want[]> {
  if (args.length === 0)
    throw new DiscoverError(
      "bad-option",
      "wait for what? redis, localhost:5432, http://localhost:8080/health",
    );
  const wants: Want[] = [];
  for (const [at, text] of args.entries()) {
    const want = await parseWant(text, { where: `argument ${at + 1}`, catalog: grounds.catalog });
    if (want.kind === "type") lookForType(want, grounds);
    wants.push(want);
  }
  return wants;
}
