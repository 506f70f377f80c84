import { plain } from "../catalog/text.ts";
import type { HttpReply } from "../model/catalog.ts";

/**
 * Where an answer sends the client.
 *
 * - `log-in`: to a page that asks who one is, or to another host's single sign-on.
 * - `moved`: the same thing stands at another path of the same origin.
 * - `near`: anything else of the same origin, the place itself included.
 * - `elsewhere`: another origin.
 */
export interface Redirect {
  readonly kind: "log-in" | "moved" | "near" | "elsewhere";
  /** The path with its query; only worth asking on the same origin. */
  readonly path: string;
  /** Fit to be shown, without the query: that may hold tokens. */
  readonly shown: string;
}

/** Whole segments of a path, without `.html`, `.php` and the like, in lower case without hyphens and underscores. */
const LOG_IN_SEGMENTS: ReadonlySet<string> = new Set(
  (
    "login logon signin auth oauth oauth2 authorize authenticate sso saml saml2 openid " +
    "openidconnect oidc cas userlogin loginform"
  ).split(" "),
);
/** First labels of hosts that do nothing else. */
const LOG_IN_HOSTS: ReadonlySet<string> = new Set(
  "login signin auth sso accounts idp iam oauth keycloak authentik authelia".split(" "),
);
/** Parameters of the question itself: RFC 6749, section 4.1.1, and the SAML 2.0 bindings, section 3.4.4.1. */
const LOG_IN_PARAMETERS = ["redirect_uri", "SAMLRequest"];

/** Undefined where the answer is no redirect, or one that leads nowhere. `origin` is where it was asked. */
export function redirectOf(reply: HttpReply, path: string, origin: string): Redirect | undefined {
  const location = reply.headers["location"];
  if (reply.status < 300 || reply.status > 399 || location === undefined) return undefined;
  const from = urlOf(path, origin);
  const to = from && urlOf(location, from.href);
  if (from === undefined || to === undefined) return undefined;
  const near = to.origin === from.origin;
  const shown = plain(near ? to.pathname : `${to.origin === "null" ? to.protocol : to.origin}${to.pathname}`);
  const redirect = { path: `${to.pathname}${to.search}`, shown };
  if (asksWho(to)) return { kind: "log-in", ...redirect };
  if (!near) return { kind: "elsewhere", ...redirect };
  const moved = to.href !== from.href && lastSegment(to) === lastSegment(from) && lastSegment(to) !== "";
  return { kind: moved ? "moved" : "near", ...redirect };
}

function urlOf(text: string, base: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

function asksWho({ protocol, hostname, pathname, searchParams }: URL): boolean {
  if (protocol !== "http:" && protocol !== "https:") return false;
  if (pathname.split("/").some((segment) => LOG_IN_SEGMENTS.has(bare(segment)))) return true;
  if (LOG_IN_PARAMETERS.some((name) => searchParams.has(name))) return true;
  return LOG_IN_HOSTS.has(hostname.split(".")[0] ?? "");
}

function bare(segment: string): string {
  return segment
    .toLowerCase()
    .replace(/\.[a-z]{2,5}$/, "")
    .replaceAll(/[_-]/g, "");
}

function lastSegment({ pathname }: URL): string {
  return (
    pathname
      .split("/")
      .findLast((segment) => segment !== "")
      ?.toLowerCase() ?? ""
  );
}
