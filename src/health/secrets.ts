import type { HttpReply } from "../model/catalog.ts";
import { type Secret, secretsIn } from "./secret-pieces.ts";

const STRUCK_OUT = "[redacted]";
/** No answer that is read has more in it. */
const DEEPEST = 200;

/** Takes what we sent out of what came back: servers repeat questions in their answers. */
export type StrikeOut = <T extends HttpReply>(reply: T) => T;

/** Headers by name, whose values are secret: see `secretsIn`. */
export function strikingOut(headers: Readonly<Record<string, string>>): StrikeOut {
  const secrets = Object.entries(headers).flatMap(([name, value]) => secretsIn(name, value));
  if (secrets.length === 0) return (reply) => reply;
  const strike = strikingAll(secrets);
  return (reply) => ({
    ...reply,
    headers: Object.fromEntries(
      Object.entries(reply.headers).map(([name, value]) => [strike(name), strike(value)]),
    ),
    body: strike(reply.body),
    json: struckOut(reply.json, strike, 0),
  });
}

/** Strikes out each secret, and as much of the beginning of one as is there, capitals or not. */
function strikingAll(secrets: readonly Secret[]): (text: string) => string {
  const starts = new Set(secrets.map(({ text, least }) => text.slice(0, least)));
  const pattern = new RegExp([...starts].map(escaped).join("|"), "gi");
  return (text) => {
    let struck = "";
    let at = 0;
    pattern.lastIndex = 0;
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      const { index } = found;
      struck += text.slice(at, index) + STRUCK_OUT;
      at = index + Math.max(found[0].length, ...secrets.map((secret) => lengthAt(text, index, secret)));
      pattern.lastIndex = at;
    }
    return struck + text.slice(at);
  };
}

/** How much of the secret stands there; 0 where that is too little. */
function lengthAt(text: string, index: number, { text: secret, least }: Secret): number {
  let length = 0;
  while (length < secret.length && sameLetter(text[index + length], secret[length])) length++;
  return length >= least ? length : 0;
}

function sameLetter(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, "\\$&");
}

function struckOut(value: unknown, strike: (text: string) => string, depth: number): unknown {
  if (typeof value === "string") return strike(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return undefined;
  if (Array.isArray(value)) return value.map((one) => struckOut(one, strike, depth + 1));
  const members = Object.entries(value).map(([name, member]) => [
    strike(name),
    struckOut(member, strike, depth + 1),
  ]);
  return Object.fromEntries(members);
}
