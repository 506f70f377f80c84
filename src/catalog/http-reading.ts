import type { HttpReply } from "../model/catalog.ts";
import { arrayAt, isObject, objectAt, stringAt, type Json } from "../model/json.ts";
import { plain, plainOrNone } from "./text.ts";

/**
 * The confidence of an answer that others give too: it never names a service by itself, and adds its version or
 * health to a surer claim of the same type.
 */
export const FITS = 0.5;

/** Names in metadata at most, however many a server lists. */
export const MOST_NAMES = 100;

/** What one product token of a `Server` header says (RFC 9110, section 10.2.4). */
export interface ServerToken {
  readonly version?: string;
}

/** The first product of the `Server` header where it is `name`, to the letter. */
export function serverNamed({ headers }: HttpReply, name: string): ServerToken | undefined {
  const [found, version] = (headers["server"] ?? "").split(/[ (]/, 1)[0]?.split("/") ?? [];
  if (found !== name) return undefined;
  const told = plainOrNone(version, 40);
  return told === undefined ? {} : { version: told };
}

/** The contents of the page's title; undefined where there is none. */
export function titleOf({ body }: HttpReply): string | undefined {
  return /<title[^>]{0,200}>([^<]{0,200})<\/title>/i.exec(body)?.[1]?.trim();
}

/** A member that holds a version or another short word, fit to be shown. */
export function wordAt(value: unknown, key: string): string | undefined {
  return plainOrNone(stringAt(value, key), 60);
}

/** The same member of every element; undefined where one does not have it. */
export function namesAt(list: readonly Json[], key: string): string[] | undefined {
  const names = list.map((element) => stringAt(element, key));
  const told = names.filter((name) => name !== undefined);
  return told.length === names.length ? told.slice(0, MOST_NAMES).map((name) => plain(name)) : undefined;
}

/**
 * The models of an OpenAI-style `/v1/models` where there is one and every one is owned by `owner`: a gateway that
 * passes on the lists of several servers is none of them.
 */
export function modelsOwnedBy({ status, json }: HttpReply, owner: string): string[] | undefined {
  const models = arrayAt(json, "data");
  if (status !== 200 || models === undefined || models.length === 0) return undefined;
  if (stringAt(json, "object") !== "list") return undefined;
  if (!models.every((model) => stringAt(model, "owned_by") === owner)) return undefined;
  return namesAt(models, "id");
}

/** What an OpenAPI document says about itself. */
export interface OpenApi {
  readonly title: string;
  /** Empty where the document was too long to be read to its end. */
  readonly paths: readonly string[];
}

/** As FastAPI writes them, so that a document that was cut off still tells its title. */
const OPENAPI_HEAD = /^\{"openapi":"[\d.]{1,10}","info":\{"title":"([^"\\]{1,200})"/;

/** The OpenAPI document in a reply; undefined where it is something else. */
export function openApiOf({ status, json, body }: HttpReply): OpenApi | undefined {
  if (status !== 200) return undefined;
  if (json === undefined) {
    const title = OPENAPI_HEAD.exec(body)?.[1];
    return title === undefined ? undefined : { title, paths: [] };
  }
  const title = stringAt(objectAt(json, "info"), "title");
  if (title === undefined || stringAt(json, "openapi") === undefined) return undefined;
  return { title, paths: Object.keys(objectAt(json, "paths") ?? {}) };
}

/** The labels of the first sample of a metric (Prometheus text format 0.0.4); undefined where it has none. */
export function labelsOf({ status, body }: HttpReply, metric: string): Map<string, string> | undefined {
  if (status !== 200) return undefined;
  const start = `${metric}{`;
  const line = body.split("\n").find((one) => one.startsWith(start));
  if (line === undefined) return undefined;
  const pairs = line.slice(start.length).matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g);
  return new Map(Array.from(pairs, ([, name = "", value = ""]) => [name, plain(value)]));
}

/** Whether a value is an object with these members and no other. */
export function hasOnly(value: unknown, ...keys: readonly string[]): boolean {
  return (
    isObject(value) &&
    Object.keys(value).length === keys.length &&
    keys.every((key) => Object.hasOwn(value, key))
  );
}

/** The `WWW-Authenticate` of a reply that wants credentials; undefined where it does not. */
export function challengeOf({ status, headers }: HttpReply): string | undefined {
  return status === 401 ? (headers["www-authenticate"] ?? "") : undefined;
}
