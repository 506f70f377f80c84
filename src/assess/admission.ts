import type { DiscoverOptions } from "../model/options.ts";
import { catalogWith } from "../run/catalog.ts";
import { survey } from "../run/survey.ts";

/** Whether a run with these options would look at an address, or at what is announced there. Throws as `discover` does. */
export async function admissionOf(
  options: DiscoverOptions,
  signal: AbortSignal,
): Promise<(address: string) => boolean> {
  const { isTarget, admits } = await survey(options, [], await catalogWith(options.catalog), signal);
  return (address) => isTarget(address) || admits(address);
}
