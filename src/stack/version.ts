import type * as Semver from "semver";

/** Whether versions lie in ranges; loaded once, so that asking needs no wait. */
export interface Versions {
  /** Whether a range can be read as npm writes them. */
  readonly isRange: (range: string) => boolean;
  /**
   * Whether a version, as a server tells it, lies in a range; undefined where it cannot be read, or tells only a major version of
   * which some lie in the range and some do not. A prerelease counts as the release that it comes before.
   */
  readonly satisfies: (version: string, range: string) => boolean | undefined;
}

type Ranges = Pick<typeof Semver, "satisfies" | "subset" | "intersects" | "validRange">;

/** Longer than any version or range that means something. */
const LONGEST = 256;

export async function loadVersions(): Promise<Versions> {
  const { default: semver } = await import("semver");
  return {
    isRange: (range) => readRange(range, semver) !== undefined,
    satisfies: (version, range) => satisfies(version, range, semver),
  };
}

function satisfies(version: string, range: string, semver: Ranges): boolean | undefined {
  const wanted = readRange(range, semver);
  const told = readVersion(version);
  if (wanted === undefined || told === undefined) return undefined;
  const [major, minor, patch = 0] = told;
  if (minor !== undefined) return semver.satisfies(`${major}.${minor}.${patch}`, wanted);
  if (semver.subset(`${major}.x`, wanted)) return true;
  return semver.intersects(`${major}.x`, wanted) ? undefined : false;
}

function readRange(range: string, semver: Ranges): string | undefined {
  return range.length > LONGEST ? undefined : (semver.validRange(range) ?? undefined);
}

/** A day, as MinIO and others number their releases: `RELEASE.2024-01-31T…`. */
const DAY = /^(?:release\.)?(\d{4})-(\d{2})-(\d{2})(?!\d)/i;
/** Whatever stands behind the numbers is a build, a prerelease or a distribution's: `9.2p1`, `10.11.6-MariaDB`. */
const NUMBERS = /^(?:v|version |release[ .-])?(\d+)(?:\.(\d+))?(?:\.(\d+))?/i;

/** Major, minor and patch version, as far as they are told. */
function readVersion(version: string): readonly [number, number?, number?] | undefined {
  const text = version.trim();
  const parts = DAY.exec(text) ?? NUMBERS.exec(text);
  if (parts === null || text.length > LONGEST) return undefined;
  const [major, minor, patch] = parts.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const isSafe = [major, minor, patch].every((part) => part === undefined || Number.isSafeInteger(part));
  if (major === undefined || !isSafe) return undefined;
  if (minor === undefined) return [major];
  return patch === undefined ? [major, minor] : [major, minor, patch];
}
