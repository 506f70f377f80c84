import { LOCAL_HOST, type StartedService } from "../model/plan.ts";
import { type ComposeContext, composeRuns } from "./compose.ts";
import { livingOwner } from "./heir.ts";
import { isGate } from "./launch.ts";
import { processesOf } from "./process-table.ts";
import { strayRecord } from "./reconcile.ts";
import type { BootRecord } from "./records.ts";
import { readState } from "./state.ts";
import { tokenPrefix } from "./token.ts";
import { LOOPBACK } from "./values.ts";

/**
 * What earlier boots of a stack started, and runs: by its records, and by what runs with its token. Changes nothing, and
 * needs no lock. Throws `file` where the records may not be read.
 */
export async function startedServices(folder: string, context: ComposeContext): Promise<StartedService[]> {
  const { records } = readState(folder);
  const known = new Set(records.map(({ token }) => token));
  const strays = processesOf(tokenPrefix(folder)).flatMap((one) => {
    if (known.has(one.token)) return [];
    known.add(one.token);
    return strayRecord(one) ?? [];
  });
  const found = await Promise.all([...records, ...strays].map((one) => startedService(one, context)));
  return found.filter((one) => one !== undefined);
}

async function startedService(
  record: BootRecord,
  context: ComposeContext,
): Promise<StartedService | undefined> {
  const by = record.kind === "command" ? processText(record) : await containerText(record, context);
  if (by === undefined) return undefined;
  const { service, instance, ports } = record;
  return { service, instance, host: LOCAL_HOST, address: LOOPBACK, port: ports[0] ?? null, by };
}

function processText(record: Extract<BootRecord, { kind: "command" }>): string | undefined {
  const owner = livingOwner(record);
  return owner === undefined || isGate(owner.pid) ? undefined : `pid ${owner.pid}`;
}

/** Where Compose does not tell, it is taken for running: the boot looks again, and nothing is started twice. */
async function containerText(
  record: Extract<BootRecord, { kind: "compose" }>,
  context: ComposeContext,
): Promise<string | undefined> {
  const runs = await composeRuns(record, context).catch((): boolean => !context.signal.aborted);
  return runs ? `compose service ${record.container}` : undefined;
}
