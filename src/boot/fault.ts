import type { BootedService } from "../model/boot.ts";

/** What is known of a service that could not be had. */
type FaultFacts = Partial<Pick<BootedService, "remedy" | "logTail" | "log" | "address" | "port">>;

/** Why a service could not be had; caught where it is reported. */
export class StartFault extends Error {
  readonly facts: FaultFacts;

  constructor(summary: string, facts: FaultFacts = {}) {
    super(summary);
    this.name = "StartFault";
    this.facts = facts;
  }

  /** What the user can do, in one line. */
  get remedy(): string | null {
    return this.facts.remedy ?? null;
  }
}
