import { type Owner, isElsewhere, isThere } from "../disk/owner.ts";
import { pause } from "./pause.ts";
import { carrier, readProcesses } from "./process-table.ts";

/** How long processes may take to end once they were asked to, in milliseconds. */
export const GRACE_MS = 10_000;
/** And once they were made to. */
const KILLED_MS = 2_000;
const LOOK_MS = 20;

/** What is to be ended: a process with its session, and whoever else carries the token. */
export interface Doomed {
  readonly owner: Owner | null;
  readonly token: string;
}

/**
 * - `stopped`: it ran, and runs no more; `bySignal` is the one that it took.
 * - `gone`: it did not run.
 * - `failed`: some of it runs still.
 */
export type Stopped =
  | { readonly status: "stopped"; readonly bySignal: "SIGTERM" | "SIGKILL" }
  | { readonly status: "gone" }
  | { readonly status: "failed"; readonly pids: readonly number[] };

/**
 * Ends a service: SIGTERM, time to end, SIGKILL. Only processes are signalled that are known by number and start time to
 * be those meant: the recorded one, its session as long as that one leads it, and carriers of the token.
 */
export async function stopProcesses(doomed: Doomed, graceMs: number, signal: AbortSignal): Promise<Stopped> {
  const known: Members = new Map();
  if (!gather(doomed, known)) return { status: "gone" };
  if (await endAll(doomed, known, { by: "SIGTERM", forMs: graceMs, signal }))
    return { status: "stopped", bySignal: "SIGTERM" };
  if (await endAll(doomed, known, { by: "SIGKILL", forMs: KILLED_MS, signal }))
    return { status: "stopped", bySignal: "SIGKILL" };
  return { status: "failed", pids: living(known).map(({ pid }) => pid) };
}

interface Ending {
  readonly by: "SIGTERM" | "SIGKILL";
  readonly forMs: number;
  /** Cuts the waiting short. */
  readonly signal: AbortSignal;
}

interface Member extends Owner {
  readonly group: number;
}

type Members = Map<string, Member>;

const NEVER = new AbortController().signal;

/** True once none of them is left; those that come up meanwhile are ended as well. */
async function endAll(doomed: Doomed, known: Members, { by, forMs, signal }: Ending): Promise<boolean> {
  const until = performance.now() + forMs;
  const told = new Set<string>();
  // Who is made to end needs no patience, and is waited for in any case.
  const patience = by === "SIGTERM" ? signal : NEVER;
  while (living(known).length > 0 || gather(doomed, known)) {
    tell(
      living(known).filter((one) => !told.has(keyOf(one))),
      doomed.owner,
      by,
    );
    for (const key of known.keys()) told.add(key);
    if (performance.now() >= until || patience.aborted) return false;
    await pause(LOOK_MS, patience);
  }
  return true;
}

/** The group at once, so that nobody who is forked meanwhile is passed over; nobody twice: many take that for haste. */
function tell(members: readonly Member[], owner: Owner | null, by: NodeJS.Signals): void {
  // While that process is there, a group of its number is the one that it leads.
  const leads = owner !== null && isThere(owner);
  const inGroup = members.filter(({ group }) => leads && group === owner.pid);
  const [first] = inGroup;
  if (first !== undefined) send(-first.group, by);
  for (const one of members) if (!inGroup.includes(one) && isThere(one)) send(one.pid, by);
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It ended between the look and the signal, or is not ours to end: whether it is left is looked at.
  }
}

function living(known: Members): Member[] {
  return [...known.values()].filter(isThere);
}

/** Adds those that run, and says whether there are any. */
function gather({ owner, token }: Doomed, known: Members): boolean {
  const leads = owner !== null && isElsewhere(owner);
  // Where there is no /proc, it is taken for the leader that it was made.
  if (leads) known.set(keyOf(owner), { ...owner, group: owner.pid });
  const carries = carrier(token);
  for (const one of readProcesses())
    // A session's number says nothing once the one who led it has ended: it may be another's by then.
    if (carries(one) || (leads && one.session === owner.pid)) known.set(keyOf(one), one);
  return living(known).length > 0;
}

function keyOf({ pid, since }: Owner): string {
  return `${pid}/${since}`;
}
