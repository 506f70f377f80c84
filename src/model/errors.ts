/**
 * What can go wrong in a way the caller can act on.
 *
 * - `bad-target`, `bad-port`, `bad-setting`, `bad-option`: input that cannot be understood.
 * - `large-range`: more addresses than may be scanned without being told so.
 * - `bad-plugin`: a strategy that breaks the contract.
 * - `bad-checkpoint`: a file that is no checkpoint of this run.
 * - `bad-stack`: a stack file that cannot be understood, or contradicts itself.
 * - `bad-plan`: a saved plan that is none, or that no longer fits what is there.
 * - `no-target`: nothing is left to look at.
 * - `file`: a file that cannot be read or written.
 */
export type ErrorCode =
  | "bad-target"
  | "bad-port"
  | "bad-setting"
  | "bad-option"
  | "large-range"
  | "bad-plugin"
  | "bad-checkpoint"
  | "bad-stack"
  | "bad-plan"
  | "no-target"
  | "file";

/** The one error sonde throws on purpose. `message` is one line: what, where, why, and the nearest right thing. */
export class DiscoverError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DiscoverError";
    this.code = code;
  }
}
