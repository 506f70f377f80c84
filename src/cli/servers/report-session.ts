import type { StartupReport } from "../../model/servers.ts";
import { systemNet } from "../../net/index.ts";
import { addressesOf, readInterfaces } from "../../net/machine.ts";
import { jsonText } from "../../output/json-text.ts";
import { reportText } from "../../output/servers/report-text.ts";
import { hostAddresses } from "../../run/host-lookup.ts";
import type { LookUp } from "../../servers/host-addresses.ts";
import { readServers } from "../../servers/server-file.ts";
import { startupReport } from "../../servers/startup-report.ts";
import { ownAddresses } from "../../targets/own.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { refuseArguments } from "../refuse-arguments.ts";
import { SETTINGS } from "../settings/settings.ts";
import { unknownVariables } from "../settings/sources.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { wantsJson } from "../terminal/plain-output.ts";
import { type Terminal, createTerminal } from "../terminal/terminal.ts";
import { type ServersSettings, readServersSettings } from "./settings.ts";

/** What a terminal has at least, and what a line may have where there is none. */
const WIDTH = 80;

/** Prints the startup report, and resolves to the exit code. Throws `DiscoverError` for what the user can mend. */
export async function runReport({ args, flags, io }: Invocation): Promise<number> {
  refuseArguments("report", args);
  const json = wantsJson(flags);
  const interrupt = listenForInterrupt(io, () => {});
  try {
    const settings = await readServersSettings({ flags, io }, interrupt.signal);
    const terminal = createTerminal(io, settings.read);
    for (const line of unknownVariables(io.env)) terminal.note(`warning: ${line}`);
    const report = await reportOn(settings, terminal, interrupt.signal);
    const color = settings.read(SETTINGS.color).value ?? io.stdout.isTTY;
    const width = io.stdout.columns ?? WIDTH;
    if (json) await terminal.result(`${jsonText(report, 2)}\n`);
    else if (!settings.read(SETTINGS.quiet).value)
      await terminal.result(reportText(report, { color, width }));
    return report.ok ? EXIT.complete : EXIT.expectationNotMet;
  } catch (error) {
    const received = interrupt.received();
    if (received === undefined) throw error;
    return interruptCode(received);
  } finally {
    interrupt.dispose();
  }
}

async function reportOn(
  { file, called, isNamed }: ServersSettings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<StartupReport> {
  const { config, exists, folder } = await readServers(file, { called, signal });
  if (!exists && isNamed) terminal.note(`${called} is not there: the defaults hold`);
  const report = await startupReport(config, {
    file: exists ? called : null,
    folder,
    signal,
    lookUp: linkAndSystem(),
  });
  for (const { name, status, summary, latencyMs } of report.remotes)
    terminal.debug(
      `${name}: ${status}${latencyMs === null ? "" : ` in ${latencyMs.toFixed(1)} ms`}: ${summary}`,
    );
  return report;
}

/** Names under `.local` are the link's; all others the system's resolver knows, or nobody. */
function linkAndSystem(): LookUp {
  const isOwn = ownAddresses(readInterfaces());
  return async (name, signal) =>
    hostAddresses(name, systemNet, addressesOf, { interfaces: [], signal, isOwn });
}
