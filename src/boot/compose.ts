import { StartFault } from "./fault.ts";
import { lastLines, lastWords } from "./log.ts";
import { type Ran, runProgram } from "./run-program.ts";

/** What Compose may be called: the plug-in of Docker, and the program that was there before it. */
const PROGRAMS: readonly (readonly string[])[] = [["docker", "compose"], ["docker-compose"]];

const VERSION_TIMEOUT_MS = 10_000;
const ASK_TIMEOUT_MS = 30_000;
/** Containers are given ten seconds to end, by Compose. */
const STOP_TIMEOUT_MS = 60_000;
/** Images may have to be fetched. */
const UP_TIMEOUT_MS = 600_000;

/** What Docker, Compose 2 and docker-compose 1.29 say where nobody answers, or this user may not ask. */
const NO_DAEMON = /docker daemon|docker\.sock|fetching server API version/i;

/** A service of a compose file, and how Compose is run for it. */
export interface ComposeTarget {
  readonly program: readonly string[];
  /** Null: the project that is usual for the file. */
  readonly project: string | null;
  /** Where Compose is run. */
  readonly folder: string;
  readonly file: string;
  /** As it is called in the file. */
  readonly container: string;
}

export interface ComposeContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** How Compose is called on this machine; undefined where it is not there. */
export async function findCompose(context: ComposeContext): Promise<readonly string[] | undefined> {
  for (const program of PROGRAMS) {
    const options = { ...context, cwd: "/", timeoutMs: VERSION_TIMEOUT_MS };
    if ((await runProgram([...program, "version"], options)).code === 0) return program;
  }
  return undefined;
}

/** Whether a container of it runs. Throws a `StartFault` where that cannot be found out. */
export async function composeRuns(target: ComposeTarget, context: ComposeContext): Promise<boolean> {
  const args = ["ps", "--services", "--filter", "status=running"];
  const { stdout } = await compose(target, args, { ...context, timeoutMs: ASK_TIMEOUT_MS });
  return stdout.split(/\r?\n/).some((line) => line.trim() === target.container);
}

/** Starts it without what it depends on: that has been seen to. Throws a `StartFault`. */
export async function composeUp(target: ComposeTarget, context: ComposeContext): Promise<void> {
  const args = ["up", "-d", "--no-deps", target.container];
  await compose(target, args, { ...context, timeoutMs: UP_TIMEOUT_MS });
}

/** Stops it and takes its container away. Throws a `StartFault`. */
export async function composeDown(target: ComposeTarget, context: ComposeContext): Promise<void> {
  const options = { ...context, timeoutMs: STOP_TIMEOUT_MS };
  await compose(target, ["stop", target.container], options);
  await compose(target, ["rm", "-f", target.container], options);
}

/** Ports of this machine that lead to it, in the order in which Compose lists them. */
export async function composePorts(target: ComposeTarget, context: ComposeContext): Promise<number[]> {
  const { stdout } = await compose(target, ["ps", target.container], {
    ...context,
    timeoutMs: ASK_TIMEOUT_MS,
  });
  return publishedPorts(stdout);
}

/** `0.0.0.0:8080->80/tcp`, as all versions write it; once each. */
export function publishedPorts(listing: string): number[] {
  const found = listing.matchAll(/:(\d{1,5})(?:-\d{1,5})?->[\d-]+\/tcp/g);
  return [...new Set([...found].map(([, port]) => Number(port)))].filter((port) => port > 0 && port < 65_536);
}

/** The last lines that it wrote; none where Compose does not tell. */
export async function composeLog(target: ComposeTarget, context: ComposeContext): Promise<string[]> {
  const options = { ...context, cwd: target.folder, timeoutMs: ASK_TIMEOUT_MS };
  const args = ["logs", "--no-color", "--tail=20", target.container];
  const { code, stdout } = await runProgram([...commandFor(target), ...args], options);
  return code === 0 ? lastLines(stdout) : [];
}

async function compose(
  target: ComposeTarget,
  args: readonly string[],
  options: ComposeContext & { readonly timeoutMs: number },
): Promise<Ran> {
  const ran = await runProgram([...commandFor(target), ...args], { ...options, cwd: target.folder });
  options.signal.throwIfAborted();
  if (ran.code === 0) return ran;
  throw faultOf(`${target.program.join(" ")} ${args[0] ?? ""} ${target.container}`, ran);
}

function commandFor({ program, project, file }: ComposeTarget): string[] {
  const named = project === null ? [] : ["-p", project];
  return [...program, ...named, "-f", file];
}

function faultOf(command: string, ran: Ran): StartFault {
  const said = lastLines(`${ran.stdout}\n${ran.stderr}`);
  if (NO_DAEMON.test(ran.stderr))
    return new StartFault("the Docker daemon does not answer", {
      remedy: "start Docker, or let this user use it (group docker)",
      logTail: said,
    });
  const why = ran.fault ?? `exit status ${ran.code ?? "unknown"}`;
  return new StartFault(`${command}: ${why}${lastWords(said)}`, { logTail: said });
}
