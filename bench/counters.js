// @ts-check
// What the kernel counts and says of a run while it goes: connects begun, memory held.

import { readFileSync } from "node:fs";

/** @typedef {{ atMs: number, value: number }} Sample */

/** @returns {number} Connects begun in this network namespace, ever (RFC 4022, tcpActiveOpens). */
export function activeOpens() {
  const [names = "", values = ""] = readFileSync("/proc/net/snmp", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("Tcp:"));
  const at = names.split(" ").indexOf("ActiveOpens");
  return Number(values.split(" ")[at]);
}

/**
 * The memory that a process's only child holds now, in megabytes; undefined where there is none, or none any more.
 *
 * @param {number} parent
 * @returns {number | undefined}
 */
export function childMb(parent) {
  try {
    const pid = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim();
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

/**
 * Reads a value again and again.
 *
 * @param {() => number | undefined} read
 * @param {{ everyMs: number }} options
 * @returns {() => Sample[]} Ends it.
 */
export function sampled(read, { everyMs }) {
  /** @type {Sample[]} */
  const samples = [];
  const take = () => {
    const atMs = performance.now();
    const value = read();
    if (value !== undefined) samples.push({ atMs, value });
  };
  take();
  const timer = setInterval(take, everyMs);
  return () => {
    clearInterval(timer);
    take();
    return samples;
  };
}

/**
 * By how much a counter rose in each window of so many milliseconds, a second's worth. Only where it was rising:
 * `inner` ones begin after its first step and end before its last, so that no window holds time before the start;
 * the others hold all steps, and so whatever came in one go at the start.
 *
 * @param {readonly Sample[]} samples
 * @param {{ windowMs: number, inner: boolean }} options
 * @returns {number[]}
 */
export function ratesOf(samples, { windowMs, inner }) {
  const first = samples[0]?.value;
  const last = samples.at(-1)?.value;
  const from = samples.findLastIndex(({ value }) => value === first);
  const to = samples.findIndex(({ value }) => value === last);
  const rising = inner ? samples.slice(from + 1, to) : samples.slice(Math.max(0, from), to + 1);
  return rising.flatMap((sample) => {
    const end = rising.find(({ atMs }) => atMs >= sample.atMs + windowMs);
    return end === undefined ? [] : [((end.value - sample.value) * 1_000) / (end.atMs - sample.atMs)];
  });
}
