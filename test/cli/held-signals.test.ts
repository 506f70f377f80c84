import { EventEmitter } from "node:events";

import { expect, test } from "vitest";

import { holdSignals } from "../../src/cli/terminal/held-signals.ts";

function held() {
  const source = new EventEmitter();
  const [left, passed]: [string[], string[]] = [[], []];
  const signals = holdSignals((signal) => left.push(signal), source);
  const send = (signal: string): boolean => source.emit(signal, signal);
  return { signals, send, left, listen: () => signals.listen((signal) => passed.push(signal)), passed };
}

test("a first signal that nobody listens for is held, a second one leaves", () => {
  const { signals, send, left } = held();
  send("SIGTERM");
  expect([signals.held(), left]).toEqual(["SIGTERM", []]);
  send("SIGINT");
  expect(left).toEqual(["SIGINT"]);
});

test("a signal that is held goes to who listens, once", async () => {
  const { signals, send, left, listen, passed } = held();
  send("SIGINT");
  listen()();
  await Promise.resolve();
  expect([passed, signals.held(), left]).toEqual([["SIGINT"], undefined, []]);
});

test("after one that was passed on, the next leaves as soon as nobody listens", () => {
  const { signals, send, left, listen, passed } = held();
  const dispose = listen();
  send("SIGINT");
  dispose();
  expect(left).toEqual([]);
  send("SIGINT");
  expect([passed, left, signals.held()]).toEqual([["SIGINT"], ["SIGINT"], undefined]);
});

test("after one that was held and passed on, too", async () => {
  const { send, left, listen } = held();
  send("SIGTERM");
  const dispose = listen();
  await Promise.resolve();
  dispose();
  send("SIGINT");
  expect(left).toEqual(["SIGINT"]);
});
