import type { BootEvent } from "../model/boot.ts";
import type { BootTools } from "./tools.ts";

export interface BootOptions {
  /** Where this stack's records and logs lie; the stack is known by it. */
  readonly folder: string;
  /** Where leases of ports lie, shared by all stacks of this user. */
  readonly portsFolder: string;
  readonly tools: BootTools;
  /** What started services get as their environment, besides their own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the boot as a failure does. */
  readonly signal: AbortSignal;
  /** True: what was started stays, whatever fails. */
  readonly keep: boolean;
  /** True: everything is looked at, and nothing started. */
  readonly dryRun?: boolean;
  /** How many services are looked at or started at once. */
  readonly concurrency: number;
  /** How long the whole may take, in milliseconds. */
  readonly deadlineMs?: number;
  /** How long what is stopped again may take to end, in milliseconds. */
  readonly graceMs?: number;
  readonly onEvent?: (event: BootEvent) => void;
}
