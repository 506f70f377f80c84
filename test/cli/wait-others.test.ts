import { expect, test } from "vitest";

import { OtherListeners } from "../../src/cli/wait/others.ts";
import type { Listener } from "../../src/model/listener.ts";
import { service } from "./fake-io.ts";

const here = (port: number, pid = 1, address = "127.0.0.1"): Listener => ({
  address,
  port,
  process: { pid, name: "x" },
});
const isRedis = ({ type }: { type: string }): boolean => type === "redis";
const at = (type: string, port: number) => service(type, { port });

test("only those at unusual ports are worth asking", () => {
  const others = new OtherListeners([6379]);
  expect(others.worthAsking([here(6379), here(7000), here(7001, 1, "fe80::1")])).toEqual([here(7000)]);
});

test("what said that it is something else is not asked again", () => {
  const others = new OtherListeners([]);
  others.learn([here(22)], [at("ssh", 22)], isRedis);
  expect(others.worthAsking([here(22), here(23)])).toEqual([here(23)]);
});

test("whoever takes its place is", () => {
  const others = new OtherListeners([]);
  others.learn([here(22, 1)], [at("ssh", 22)], isRedis);
  expect(others.worthAsking([here(22, 2)])).toEqual([here(22, 2)]);
});

test("and so is one that was gone in between", () => {
  const others = new OtherListeners([]);
  others.learn([here(22)], [at("ssh", 22)], isRedis);
  expect(others.worthAsking([])).toEqual([]);
  expect(others.worthAsking([here(22)])).toEqual([here(22)]);
});

test("what is wanted, and not well, is asked again and again", () => {
  const others = new OtherListeners([]);
  for (let round = 0; round < 10; round++) others.learn([here(7000)], [at("redis", 7000)], isRedis);
  expect(others.worthAsking([here(7000)])).toEqual([here(7000)]);
});

test("what nobody recognised, or what did not answer, is asked three times", () => {
  const others = new OtherListeners([]);
  const all = [here(7000), here(7001)];
  for (let round = 0; round < 2; round++) others.learn(all, [at("unknown", 7000)], isRedis);
  expect(others.worthAsking(all)).toEqual(all);
  others.learn(all, [at("unknown", 7000)], isRedis);
  expect(others.worthAsking(all)).toEqual([]);
});

test("a listener on every address is known by what answered on loopback", () => {
  const others = new OtherListeners([]);
  const any = here(22, 1, "::");
  others.learn([any], [at("ssh", 22)], isRedis);
  expect(others.worthAsking([any])).toEqual([]);
});
