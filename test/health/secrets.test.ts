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
