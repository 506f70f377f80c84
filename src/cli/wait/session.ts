import { setMaxListeners } from "node:events";

import type { WaitResult } from "../../model/wait-report.ts";
import { readListeners } from "../../net/proc.ts";
import { jsonText } from "../../output/json-text.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { scanOptions } from "../scan/options.ts";
import { type ReadSetting, resolve, unknownVariables } from "../settings/sources.ts";
import { type Interrupt, listenForInterrupt } from "../terminal/interrupt.ts";
import type { Io } from "../terminal/io.ts";
import { wantsJson } from "../terminal/plain-output.ts";
import { groundsOf, readOthers, wantsOf } from "./arguments.ts";
import { type WaitTools, waitFor } from "./for.ts";
import type { Grounds } from "./look.ts";
import { lineOf, reportOf, resultOf } from "./report.ts";
import { type WaitScreen, createWaitScreen } from "./screen.ts";
import { WAIT_PORTS, WAIT_TIMEOUT } from "./settings.ts";
import type { Want } from "./want.ts";

/** One wait, as its parts see it. */
interface Session {
  readonly io: Io;
  readonly read: ReadSetting;
  readonly wants: readonly Want[];
  readonly grounds: Grounds;
  readonly timeoutMs: number;
  readonly startedAt: number;
  readonly screen: WaitScreen;
  readonly interrupt: Interrupt;
}

/**
 * Waits until all that the arguments name is there and healthy, and resolves to the exit code. Throws `DiscoverError` for
 * what the user can mend, before anything is sent.
 */
export async function runWait({ args, flags, io }: Invocation): Promise<number> {
  const json = wantsJson(flags);
  const typed = { flags, env: {}, file: undefined };
  const timeoutMs = resolve(WAIT_TIMEOUT, typed).value;
  const ports = resolve(WAIT_PORTS, typed).value;
  const interrupt = listenForInterrupt(io, () => {});
  try {
    const read = await readOthers({ flags, io }, interrupt.signal);
    const grounds = await groundsOf(read, ports);
    const wants = await wantsOf(args, grounds);
    const startedAt = io.monotonic();
    const screen = createWaitScreen(io, read, { json, startedAt, timeoutMs });
    for (const line of unknownVariables(io.env)) screen.note(`warning: ${line}`);
    const session = { io, read, wants, grounds, timeoutMs, startedAt, screen, interrupt };
    const results = await waitForAll(session).finally(() => screen.clear());
    const report = reportOf(results, timeoutMs, io.monotonic() - startedAt);
    if (json) screen.document(`${jsonText(report, 2)}\n`);
    const signal = interrupt.received();
    if (report.there) return EXIT.complete;
    return signal === undefined ? EXIT.expectationNotMet : interruptCode(signal);
  } catch (error) {
    const signal = interrupt.received();
    if (signal === undefined) throw error;
    return interruptCode(signal);
  } finally {
    interrupt.dispose();
  }
}

/** Results in the order of the wants, printed as they come. */
async function waitForAll(session: Session): Promise<WaitResult[]> {
  const { io, wants, screen, startedAt, timeoutMs, interrupt } = session;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), timeoutMs);
  const signal = AbortSignal.any([over.signal, interrupt.signal, io.stdout.closed]);
  setMaxListeners(0, signal);
  const waitedFor = new Set(wants);
  const tools = toolsOf(session, signal, (want, why) => {
    screen.debug(`${want.text}: ${why}`);
    screen.waiting(
      [...waitedFor].map(({ text }) => text),
      why,
    );
  });
  const one = async (want: Want, at: number): Promise<WaitResult> => {
    const waited = await waitFor(want, `argument ${at + 1}`, tools);
    waitedFor.delete(want);
    const result = resultOf(want, waited, io.monotonic() - startedAt);
    const line = lineOf(want, result);
    if (result.there) screen.result(line);
    else screen.note(line);
    return result;
  };
  try {
    return await Promise.all(wants.map(one));
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/** No time-out is made shorter by what is left: who is asked in a hurry may not say what is amiss. */
function toolsOf(
  { io, read, grounds, screen }: Session,
  signal: AbortSignal,
  onMissed: WaitTools["onMissed"],
): WaitTools {
  const { deadlineMs: _none, ...rest } = scanOptions(read);
  const options = { ...rest, identify: true, onDebug: (message: string) => screen.debug(message) };
  const { catalog } = grounds;
  return { discover: io.discover, catalog, grounds, options, listeners: readListeners, signal, onMissed };
}
