import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { childrenOf, readTlv, tlv } from "../../src/catalog/ber.ts";
import { readBson } from "../../src/catalog/bson.ts";
import { codeReply } from "../../src/catalog/code-reply.ts";
import { readConnectionStart } from "../../src/catalog/connection-start.ts";
import { protocolOf } from "../../src/catalog/greeting-220.ts";
import { plain } from "../../src/catalog/text.ts";
import { latin1 } from "../../src/model/bytes.ts";

describe("BER", () => {
  const content = fc.uint8Array({ maxLength: 127 });

  test("reads what it has written, and asks for more of whatever is cut off", () => {
    fc.assert(
      fc.property(fc.nat({ max: 255 }), content, (tag, bytes) => {
        const written = tlv(tag, bytes);

        expect(readTlv(written)).toEqual({ tag, start: 2, end: written.length });
        expect(readTlv(written.subarray(0, -1))).toBe("more");
      }),
    );
  });

  test("finds children one after the other, and never outside their parent", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 200 }), (bytes, end) => {
        let at = 0;
        for (const child of childrenOf(bytes, { start: 0, end })) {
          expect(child.start).toBeGreaterThan(at);
          expect(child.end).toBeLessThanOrEqual(Math.min(end, bytes.length));
          at = child.end;
        }
      }),
    );
  });

  test("reads long lengths, but none that is indefinite or beyond reason", () => {
    expect(readTlv(latin1("\x30\x84\x00\x00\x00\x01a"))).toEqual({ tag: 0x30, start: 6, end: 7 });
    expect(readTlv(latin1("\x30\x80a"))).toBeUndefined();
    expect(readTlv(latin1("\x30\x84\xff\xff\xff\xff"))).toBeUndefined();
  });
});

test("a document of BSON with any content, even a document's length before it, is read or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (content) => {
      const bytes = Uint8Array.from([content.length + 5, 0, 0, 0, ...content, 0]);
      for (const value of readBson(bytes)?.values() ?? [])
        expect(["string", "number", "boolean"]).toContain(typeof value);
    }),
    { numRuns: 1000 },
  );
});

test("a Connection.Start with any table is read or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (table) => {
      const body = [0, 10, 0, 10, 0, 9, 0, 0, 0, table.length, ...table, 0, 0, 0, 1, 0x41, 0, 0, 0, 0];
      const frame = Uint8Array.from([1, 0, 0, 0, 0, 0, body.length, ...body, 0xce]);
      const start = readConnectionStart(frame, false);
      if (table.length === 0) expect(start).toEqual({ properties: new Map(), mechanisms: ["A"] });
      else expect(start).not.toBe("more");
    }),
  );
});

describe("a reply with a code", () => {
  test("is whole at its last line, and not before", () => {
    const reply = latin1("220-one\r\n two\r\n220 three\r\n");

    expect(codeReply(reply, false)).toEqual({ code: 220, text: "one  two three" });
    expect(codeReply(reply.subarray(0, -3), false)).toBe("more");
    expect(codeReply(reply.subarray(0, 7), true)).toEqual({ code: 220, text: "one" });
  });

  test.each(["hello\r\n", "22O ready\r\n", "2200 ready\r\n", "620 ready\r\n"])("is not %j", (text) => {
    expect(codeReply(latin1(text), false)).toBeUndefined();
  });
});

describe("which protocol a greeting of 220 names", () => {
  test.each([
    ["mail.example.org ESMTP Postfix (Debian/GNU)", "smtp"],
    ["ftp.example.org ESMTP", "smtp"],
    ["mx.example.org SMTP ready.", "smtp"],
    ["host LMTP Dovecot ready", "smtp"],
    ["(vsFTPd 3.0.5)", "ftp"],
    ["smtp.example.org FTP server (Version 6.4) ready.", "ftp"],
    ["---------- Welcome to Pure-FTPd [privsep] ----------", "ftp"],
    ["pyftpdlib 1.5.6 ready.", "ftp"],
    ["FileZilla Server 1.7.2", "ftp"],
    ["ready", undefined],
    ["smtp.example.org ready", undefined],
    ["ftp-1.example.org welcomes you", undefined],
    ["FTP and SMTP gateway", undefined],
  ])("%s", (text, protocol) => {
    expect(protocolOf(text)).toBe(protocol);
  });
});

test("a stranger's text loses its control characters and its end", () => {
  expect(plain("a\u001b[31mb\r\nc\u0000")).toBe("a [31mb c");
  expect(plain("x".repeat(500))).toHaveLength(120);
});
