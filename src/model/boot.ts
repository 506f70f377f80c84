/** The version of the boot's document; a change that breaks a reader raises it. */
export const BOOT_VERSION = 1;

/**
 * What became of one instance of a service:
 *
 * - `started`: this boot started it, and it is well.
 * - `adopted`: it was there already, and answers as it should; or an earlier boot started it.
 * - `remote`: it belongs on another host, and is there.
 * - `skipped`: it is optional and cannot be had, or what it needs is not there, or the boot ended first; where that was after
 *   it had been started, `rolledBack` says so.
 * - `failed`: it should be there, and is not.
 */
export type BootStatus = "started" | "adopted" | "remote" | "skipped" | "failed";

export interface BootedService {
  readonly service: string;
  readonly instance: number;
  readonly type: string;
  readonly required: boolean;
  readonly status: BootStatus;
  readonly host: string | null;
  readonly address: string | null;
  readonly port: number | null;
  readonly url: string | null;
  readonly pid: number | null;
  /** Where its output goes; null where sonde did not start it. */
  readonly log: string | null;
  /** What happened, in one line. */
  readonly summary: string;
  /** What the user can do about it; null where nothing is amiss. */
  readonly remedy: string | null;
  /** The last lines of its output, where that tells why it failed; bounded, and as it was written: not fit for a terminal. */
  readonly logTail: readonly string[];
  /** It was started by this boot, and stopped again: something required failed, or it did not come up itself. */
  readonly rolledBack: boolean;
  readonly durationMs: number;
}

/** The document of `discover boot`. */
export interface BootReport {
  readonly schemaVersion: number;
  readonly stack: string;
  /** Whether everything that is required is there. */
  readonly ok: boolean;
  readonly dryRun: boolean;
  readonly services: readonly BootedService[];
  readonly warnings: readonly string[];
  readonly startedAt: string;
  readonly durationMs: number;
}

/** What became of one service that `discover down` stopped. */
export interface StoppedService {
  readonly service: string;
  readonly instance: number;
  /** `stopped`; `gone`: it ran no more; `failed`: it would not end. */
  readonly status: "stopped" | "gone" | "failed";
  readonly summary: string;
}

/** The version of the document of `discover down`. */
export const DOWN_VERSION = 1;

/** The document of `discover down`. */
export interface DownReport {
  readonly schemaVersion: number;
  /** Whether nothing that sonde started runs any more. */
  readonly ok: boolean;
  /** In the order in which they were stopped. */
  readonly services: readonly StoppedService[];
  readonly warnings: readonly string[];
}

/** What a boot tells while it is under way; `summary` is one line. */
export type BootEvent =
  | { readonly event: "waiting" | "warning"; readonly summary: string }
  | {
      readonly event: "starting" | "stopping";
      readonly service: string;
      readonly instance: number;
      readonly summary: string;
    }
  | { readonly event: "done"; readonly result: BootedService };
