import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { redirectOf } from "../../src/health/redirect.ts";
import { replyOf } from "./bodies.ts";

const ORIGIN = "http://10.0.0.1:8080";

function kindOf(location: string, path = "/health", status = 302): string | undefined {
  return redirectOf(replyOf({ status, headers: { location } }), path, ORIGIN)?.kind;
}

describe("a redirect", () => {
  test.each([
    "/login",
    "/login?next=/health",
    "/users/sign_in",
    "/account/signin.html",
    "/Account/Login.aspx",
    "/oauth2/start?rd=%2Fhealth",
    "/realms/master/protocol/openid-connect/auth?client_id=x",
    "https://login.microsoftonline.com/common/v2.0",
    "https://sso.example/",
    "https://example.okta.example/app?SAMLRequest=abc",
    "//auth.example/",
    "https://id.example/x?redirect_uri=http%3A%2F%2F10.0.0.1",
  ])("to %s is to log in", (location) => {
    expect(kindOf(location)).toBe("log-in");
  });

  test.each(["/health/", "/v2/health", `${ORIGIN}/api/health`, "health/", "?full=1"])(
    "to %s has moved on the same host",
    (location) => {
      expect(kindOf(location)).toBe("moved");
    },
  );

  test.each([
    "/",
    "/ui/",
    "/logins",
    "/author/health2",
    "/blog/how-to-login-safely",
    "/health",
    `${ORIGIN}/health`,
  ])("to %s stays on the origin, and is another thing or the same place", (location) => {
    expect(kindOf(location)).toBe("near");
  });

  test.each([
    "http://169.254.169.254/latest/health",
    "https://10.0.0.1:8080/health",
    "http://10.0.0.1:9090/health",
    "http://10.0.0.1.evil.example/health",
    "http://user:pass@10.0.0.2/health",
    "file:///etc/health",
    "javascript:alert(1)//login",
    "data:text/plain,login",
  ])("to %s leads off it", (location) => {
    expect(kindOf(location)).toBe("elsewhere");
  });

  test.each(["http://", "http://[", "http://a:99999/"])("to %s leads nowhere", (location) => {
    expect(kindOf(location)).toBeUndefined();
  });

  test("is only what is answered with 3xx", () => {
    expect(kindOf("/login", "/health", 200)).toBeUndefined();
    expect(redirectOf(replyOf({ status: 302 }), "/health", ORIGIN)).toBeUndefined();
  });

  test("is shown without its query, which may hold tokens", () => {
    const to = redirectOf(
      replyOf({ status: 302, headers: { location: "/login?token=s3cret" } }),
      "/",
      ORIGIN,
    );
    expect(to?.shown).toBe("/login");
  });

  test("is read whatever it says, and never leads off the origin", () => {
    const locations = fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withQueryParameters: true }));
    fc.assert(
      fc.property(locations, (location) => {
        const to = redirectOf(replyOf({ status: 301, headers: { location } }), "/health", ORIGIN);
        if (to?.kind === "moved" || to?.kind === "near") expect(new URL(to.path, ORIGIN).origin).toBe(ORIGIN);
      }),
      { numRuns: 500 },
    );
  });
});
