import { asObject } from "../model/json.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { HEALTHS } from "../model/observation.ts";
import type { Observation } from "../model/observation.ts";
import { FINDINGS } from "../model/outcome.ts";
import { parseAddress } from "../targets/address.ts";

type Test = (value: Json) => boolean;

const isText: Test = (value) => typeof value === "string";
const isWord: Test = (value) => isText(value) && value !== "";
const isTexts: Test = (value) => Array.isArray(value) && value.every(isText);
const isObject: Test = (value) => asObject(value) !== undefined;
const isNumber =
  (least: number, most = Number.POSITIVE_INFINITY): Test =>
  (value) =>
    typeof value === "number" && value >= least && value <= most;
const isWhole =
  (least: number, most: number): Test =>
  (value) =>
    Number.isInteger(value) && isNumber(least, most)(value);
const isOneOf =
  (words: readonly string[]): Test =>
  (value) =>
    typeof value === "string" && words.includes(value);

const isAddress: Test = (value) => typeof value === "string" && parseAddress(value) !== undefined;

const isCheck: Test = (value) => {
  const { health, path, code, latencyMs, summary } = asObject(value) ?? {};
  const rest = isText(path ?? null) && isText(summary ?? null);
  return (
    rest &&
    isOneOf(HEALTHS)(health ?? null) &&
    isWhole(0, 999)(code ?? null) &&
    isNumber(0)(latencyMs ?? null)
  );
};

/** Members by their path; those with a `!` must be there, within an object that is there. */
const MEMBERS: Readonly<Record<string, Test>> = {
  "strategy!": isWord,
  "at!": isNumber(0, 8.64e15),
  "endpoint!": isObject,
  "endpoint.address!": isAddress,
  "endpoint.port!": isWhole(1, 65_535),
  "endpoint.transport!": isOneOf(["tcp", "udp"]),
  "outcome!": isOneOf(FINDINGS),
  hostnames: isTexts,
  latencyMs: isNumber(0),
  reason: isText,
  claim: isObject,
  "claim.type!": isWord,
  "claim.product": isText,
  "claim.version": isText,
  "claim.confidence!": isNumber(0, 1),
  "claim.summary!": isText,
  "claim.health": isOneOf(HEALTHS),
  "claim.metadata": isObject,
  announcement: isObject,
  "announcement.name!": isText,
  "announcement.instance": isText,
  "announcement.domain!": isText,
  "announcement.target!": isText,
  "announcement.ttlSeconds!": isNumber(0),
  sameHost: (value) => Array.isArray(value) && value.every(isAddress),
  checks: (value) => Array.isArray(value) && value.every(isCheck),
  tls: isObject,
  "tls.protocol!": isText,
  "tls.clientCertificate": isOneOf(["wanted", "required"]),
  process: isObject,
  "process.pid!": isWhole(0, Number.MAX_SAFE_INTEGER),
  "process.name!": isText,
  firstBytes: isText,
  ttlSeconds: isNumber(0),
};

interface Member {
  readonly name: string;
  /** The member of the observation that holds it; the observation itself where undefined. */
  readonly holder: string | undefined;
  readonly key: string;
  readonly isRequired: boolean;
  readonly test: Test;
}

/** Taken apart once: there may be very many observations. */
const CHECKS: readonly Member[] = Object.entries(MEMBERS).map(([path, test]) => {
  const name = path.replace("!", "");
  const [first = "", second] = name.split(".");
  const place = second === undefined ? { holder: undefined, key: first } : { holder: first, key: second };
  return { name, ...place, isRequired: path.endsWith("!"), test };
});

/**
 * An observation as it may go into a document: a plain copy, its members what they ought to be. Strategies of a user's
 * own come without types. Throws an Error that names the member; JSON's own where a value cannot be written.
 */
export function checkedObservation(observation: Observation): Observation {
  const copy: Observation & JsonObject = JSON.parse(JSON.stringify(observation));
  for (const { name, holder, key, isRequired, test } of CHECKS) {
    const object = holder === undefined ? copy : asObject(copy[holder]);
    if (object === undefined) continue;
    const value = object[key];
    if (value === undefined ? isRequired : !test(value))
      throw new Error(`${name} is ${JSON.stringify(value) ?? "missing"}`);
  }
  return copy;
}

/** The same of a value that comes from a file. */
export function observationFrom(value: unknown): Observation {
  if (!isObservation(value)) throw new Error("it is no object");
  return checkedObservation(value);
}

/** Only so far: `checkedObservation` looks at every member. */
function isObservation(value: unknown): value is Observation {
  return asObject(value) !== undefined;
}
