/** The version of the boot's document; a change that breaks a reader raises it. */
export const BOOT_VERSION = 1;

/**
 * What became of one instance of a service:
 *
 * - `started`: this boot started it, and it is well.
 * - `adopted`: it was there already, and answers as it should; or an earlier boot started it.
 * - `remote`: it belongs on another host, and is there.
 * - `skipped`: nothing was done: it is optional and cannot be had, or what it needs is not there, or the boot ended first.
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
  /** It was started, and stopped again since something required failed. */
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
