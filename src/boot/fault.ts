/** Why a service could not be had; caught where it is reported. */
export class StartFault extends Error {
  /** What the user can do, in one line. */
  readonly remedy: string | null;
  readonly logTail: readonly string[];

  constructor(
    summary: string,
    { remedy = null, logTail = [] }: { remedy?: string | null; logTail?: readonly string[] } = {},
  ) {
    super(summary);
    this.name = "StartFault";
    this.remedy = remedy;
    this.logTail = logTail;
  }
}
