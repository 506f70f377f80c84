import { DiscoverError } from "../model/errors.ts";
import { printable } from "../output/printable.ts";
import { prose } from "../output/table/prose.ts";
import type { SelfTest } from "../self-test.ts";
import type { Invocation } from "./command.ts";
import { EXIT, interruptCode } from "./exit-code.ts";
import { chooseStrategies, scanOptions } from "./scan/options.ts";
import { loadSettings } from "./settings/load.ts";
import { SETTINGS } from "./settings/settings.ts";
import type { ReadSetting } from "./settings/sources.ts";
import { listenForInterrupt } from "./terminal/interrupt.ts";
import { wantsJson } from "./terminal/plain-output.ts";

/**
 * Tries every strategy on this machine, all there are unless some are named, and says of each what works and what
 * stands in its way. The exit code is 0 only where all of them work. Throws `DiscoverError` for what the user can mend.
 */
export async function runSelfTest({ args, flags, io }: Invocation): Promise<number> {
  if (args.length > 0)
    throw new DiscoverError("bad-option", "--test looks at no targets: leave them out, or leave it out");
  const json = wantsJson(flags);
  const interrupt = listenForInterrupt(io, () => {});
  try {
    const read = await loadSettings({ flags, io }, interrupt.signal);
    const options = {
      ...scanOptions(read),
      strategies: await chooseStrategies(withAll(read), io.cwd),
      signal: interrupt.signal,
    };
    const tests: SelfTest[] = [];
    const width = io.stdout.isTTY ? io.stdout.columns : undefined;
    for await (const one of io.selfTest(options)) {
      tests.push(one);
      if (!json) io.stdout.write(reportText(one, width));
    }
    const works = tests.every((one) => one.works);
    if (json) io.stdout.write(`${JSON.stringify({ works, strategies: tests }, null, 2)}\n`);
    const signal = interrupt.received();
    if (signal !== undefined) return interruptCode(signal);
    return works ? EXIT.complete : EXIT.expectationNotMet;
  } finally {
    interrupt.dispose();
  }
}

/** Where nobody says which strategies, all are meant. */
function withAll(read: ReadSetting): ReadSetting {
  return (setting) => {
    const found = read(setting);
    const isUnset = setting.key === SETTINGS.strategy.key && found.origin.kind === "default";
    return isUnset
      ? { ...found, value: setting.parse(["all"], { source: "flag", where: "--strategy" }) }
      : found;
  };
}

function reportText({ name, works, checks }: SelfTest, width: number | undefined): string {
  const lines = checks.flatMap((check) => [
    ...indented(check.works ? "  ✓ " : "  ✗ ", check.summary, width),
    ...(check.remedy === undefined ? [] : indented("    ", check.remedy, width)),
  ]);
  return `${[`${name} ${works ? "works" : "does not work"}`, ...lines].join("\n")}\n`;
}

/** In lines that fit, those after the first under the first one's text. */
function indented(start: string, text: string, width: number | undefined): string[] {
  const lines = prose(printable(text), width === undefined ? undefined : Math.max(1, width - start.length));
  return lines.map((line, at) => `${at === 0 ? start : " ".repeat(start.length)}${line}`);
}
