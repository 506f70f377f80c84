import type { HttpReply } from "../model/catalog.ts";
import { healthOfWord } from "./words.ts";

const STRUCK_OUT = "[redacted]";
/** Shorter ones are no secrets, and stand in every other answer. */
const SHORTEST = 4;
/** No answer that is read has more in it. */
const DEEPEST = 200;

/** Takes what we sent out of what came back: servers repeat questions in their answers. */
export type StrikeOut = <T extends HttpReply>(reply: T) => T;

/** Headers by name. Their values are secret, whole and without the scheme: `Bearer x`, `Basic dTpw` and what that encodes. */
export function strikingOut(headers: Readonly<Record<string, string>>): StrikeOut {
  const secrets = Object.values(headers).flatMap(secretsIn).filter(isSecret);
  if (secrets.length === 0) return (reply) => reply;
  const longestFirst = [...new Set(secrets)].toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escaped).join("|"), "gi");
  const strike = (text: string): string => text.replaceAll(pattern, STRUCK_OUT);
  return (reply) => ({
    ...reply,
    headers: Object.fromEntries(
      Object.entries(reply.headers).map(([name, value]) => [strike(name), strike(value)]),
    ),
    body: strike(reply.body),
    json: struckOut(reply.json, strike, 0),
  });
}

function secretsIn(value: string): string[] {
  const whole = value.trim();
  const [scheme = "", credentials = ""] = whole.split(/ +(.*)/s, 2);
  const decoded = /^basic$/i.test(scheme) ? Buffer.from(credentials, "base64").toString("utf8") : "";
  const password = decoded.slice(decoded.indexOf(":") + 1);
  const encoded = [whole, credentials].map((text) => encodeURIComponent(Buffer.from(text).toString()));
  return [whole, credentials, decoded, password, ...encoded];
}

/** A value that is a word of health endpoints would make answers unreadable, and is nobody's secret. */
function isSecret(text: string): boolean {
  return text.length >= SHORTEST && healthOfWord(text) === undefined;
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
