// @ts-check
// Several programs at the same task, in turn: the machine's mood changes faster than one program's runs would take,
// so what counts is the median of the ratios within a round.

import { median } from "./measure.js";

/** @typedef {import("./peers.js").Peer} Peer */
/** @typedef {import("./peers.js").Seen} Seen */

/**
 * @typedef {object} Terms
 * @property {number} runs Rounds.
 * @property {ReadonlySet<string>} truth What is open, `address:port`.
 * @property {number} [probes] How many there are, where CPU a probe is of interest.
 * @property {() => void | Promise<void>} [before] Done before each run.
 * @property {() => void} [after] Done after each run.
 */

/**
 * The runs of each peer, in the order of the rounds.
 *
 * @typedef {ReadonlyMap<string, readonly Seen[]>} Rounds
 */

/**
 * One peer's medians. `recall`: the least part of the truth that a run found; `wrong`: the most it called open that
 * was not.
 *
 * @typedef {{ name: string, wall: number, cpu: number, rss: number, recall: number, wrong: number }} Summary
 */

/**
 * @param {readonly Peer[]} peers
 * @param {Terms} terms
 * @returns {Promise<Rounds>}
 */
export async function compare(peers, { runs, before, after }) {
  /** @type {Map<string, Seen[]>} */
  const rounds = new Map(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < runs; round++) {
    // There and back again: nobody always comes right after the same one.
    for (const { name, run } of round % 2 === 0 ? peers : peers.toReversed()) {
      await before?.();
      try {
        rounds.get(name)?.push(await run());
      } finally {
        after?.();
      }
    }
  }
  return rounds;
}

/**
 * @param {Rounds} rounds
 * @param {Terms} terms
 * @returns {Summary[]}
 */
export function summaries(rounds, { truth }) {
  return [...rounds].map(([name, seen]) => ({
    name,
    wall: median(seen.map(({ wall }) => wall)),
    cpu: median(seen.map(({ cpu }) => cpu)),
    rss: Math.max(...seen.map(({ rss }) => rss)),
    recall: Math.min(...seen.map(({ open }) => recallOf(open, truth))),
    wrong: Math.max(...seen.map(({ open }) => [...open].filter((endpoint) => !truth.has(endpoint)).length)),
  }));
}

/**
 * @param {ReadonlySet<string>} open
 * @param {ReadonlySet<string>} truth
 */
export function recallOf(open, truth) {
  return [...truth].filter((endpoint) => open.has(endpoint)).length / truth.size;
}

/**
 * How long one takes for each second of another: the median of the rounds. NaN where one of them has not run.
 *
 * @param {Rounds} rounds
 * @param {string} name
 * @param {string} other
 */
export function ratio(rounds, name, other) {
  const others = rounds.get(other) ?? [];
  const ratios = (rounds.get(name) ?? []).flatMap(({ wall }, round) => {
    const against = others[round];
    return against === undefined ? [] : [wall / against.wall];
  });
  return median(ratios);
}

/**
 * The least of each, which is all of its runs together where there was no noise.
 *
 * @param {readonly Summary[]} all
 * @param {Terms} terms
 */
export function printSummaries(all, { probes }) {
  const width = Math.max(...all.map(({ name }) => name.length)) + 2;
  for (const { name, wall, cpu, rss, recall, wrong } of all) {
    const each = probes === undefined ? "" : `${((cpu * 1e6) / probes).toFixed(0)} µs CPU a probe, `;
    const found = `recall ${(recall * 100).toFixed(2)} %${wrong > 0 ? `, ${wrong} FALSE` : ""}`;
    console.log(`  ${name.padEnd(width)}${wall.toFixed(2)} s, ${each}${rss.toFixed(0)} MB, ${found}`);
  }
}
