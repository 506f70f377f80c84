import { expect, test } from "vitest";

import { parseNameServer } from "../../src/targets/name-server.ts";

test.each([
  ["10.0.0.2", { address: "10.0.0.2", port: 53 }],
  ["10.0.0.2:5353", { address: "10.0.0.2", port: 5353 }],
  ["::1", { address: "::1", port: 53 }],
  ["[::1]:5353", { address: "::1", port: 5353 }],
  ["fe80::1%eth0", { address: "fe80::1%eth0", port: 53 }],
  ["[fe80::1%eth0]:53", { address: "fe80::1%eth0", port: 53 }],
])("%s is a name server", (text, server) => {
  expect(parseNameServer(text)).toEqual(server);
});

test.each(["ns.test", "10.0.0.300", "10.0.0.2:0", "10.0.0.2:65536", "[::1]:x", "0.0.0.0", "::", "", "[]:53"])(
  "'%s' is none",
  (text) => {
    expect(() => parseNameServer(text)).toThrow(/^name server /);
  },
);
