import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { strikingOut } from "../../src/health/secrets.ts";
import { replyOf } from "./bodies.ts";

describe("what we sent, in what came back", () => {
  test.each([
    ["authorization", "Bearer s3cret-token", "s3cret-token"],
    ["authorization", "Bearer s3cret-token", "Bearer s3cret-token"],
    ["authorization", "Bearer s3cret-token", "S3CRET-TOKEN"],
    ["authorization", `Basic ${btoa("admin:hunter22")}`, btoa("admin:hunter22")],
    ["authorization", `Basic ${btoa("admin:hunter22")}`, "hunter22"],
    ["x-api-key", "a+b/c=d", "a+b/c=d"],
    ["x-api-key", "a+b/c=d", encodeURIComponent("a+b/c=d")],
    ["x-api-key", 'quo"ted', 'quo"ted'],
    ["x-api-key", "mypassword second-word", "mypassword"],
    ["cookie", "sid=S3cretCookieVal", "S3cretCookieVal"],
    ["cookie", "a=1; sid=S3cretCookieVal; b=2", "S3cretCookieVal"],
    ["cookie", 'sid="S3cret Cookie"', "S3cret"],
    ["authorization", "Bearer s3cret-token-of-many-letters", "s3cret-token-of"],
    ["authorization", "Bearer s3cret-token-of-many-letters", "s3cret-t"],
    [
      "authorization",
      `Basic ${btoa("admin:hunter22-and-more")}`,
      btoa("admin:hunter22-and-more").slice(0, 12),
    ],
    ["x-forwarded", "user:p4ssw0rd,realm", "p4ssw0rd"],
  ])("is struck out: %s: %s as %s", (name, value, echo) => {
    const strikeOut = strikingOut({ [name]: value });
    const reply = strikeOut(
      replyOf({ body: JSON.stringify({ [echo]: [{ status: echo }] }), headers: { location: `/x/${echo}` } }),
    );
    const text = `${JSON.stringify(reply.json)} ${reply.headers["location"]}`;
    expect(text.toLowerCase()).not.toContain(echo.toLowerCase());
    expect(text).toContain("[redacted]");
    const plain = strikeOut(replyOf({ body: `you sent ${echo}.` }));
    expect(plain.body).toBe("you sent [redacted].");
  });

  test("leaves an answer readable where the value is a word of health, or next to nothing", () => {
    const reply = replyOf({ body: '{"status":"healthy","x":"1"}' });
    expect(strikingOut({ "x-a": "healthy", "x-b": "1" })(reply)).toEqual(reply);
  });

  test("leaves the names of schemes and of statuses, and what everybody accepts", () => {
    const strikeOut = strikingOut({
      authorization: "Bearer s3cret-token",
      cookie: "status=S3cretCookieVal; healthy=1",
      accept: "application/json, text/plain",
    });
    const reply = replyOf({
      body: '{"status":"healthy"}',
      headers: { "www-authenticate": "Bearer scope=x", "content-type": "application/problem+json" },
    });
    expect(strikeOut(reply)).toEqual(reply);
  });

  test("is struck out in all its beginnings, wherever they stand", () => {
    const secrets = fc.stringMatching(/^[a-zA-Z0-9+/]{8,60}$/);
    fc.assert(
      fc.property(secrets, fc.nat(60), fc.stringMatching(/^[ .]*$/), (secret, length, around) => {
        const start = secret.slice(0, Math.max(8, length));
        const struck = strikingOut({ cookie: `sid=${secret}` })(
          replyOf({ body: `${around}${start}${around}` }),
        );
        expect(struck.body).toBe(`${around}[redacted]${around}`);
      }),
    );
  });

  test("is struck out whatever it is", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{8,30}$/), fc.string(), (secret, around) => {
        const struck = strikingOut({ authorization: `Bearer ${secret}` })(
          replyOf({ body: `${around}${secret}${around}` }),
        );
        expect(struck.body).toContain("[redacted]");
        expect(struck.body.split("[redacted]").join("\n")).not.toContain(secret);
      }),
    );
  });
});
