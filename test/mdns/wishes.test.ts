import * as fc from "fast-check";
import { expect, test } from "vitest";

import { wishFor, wishForAll } from "../../src/mdns/wishes.ts";

const NOTHING = { enumerate: false, types: [], subtypes: [], instances: [] };

test.each<[string, Partial<typeof NOTHING> | Record<string, unknown>]>([
  ["_http._tcp", { types: [["_http", "_tcp"]] }],
  ["_http._TCP.local.", { types: [["_http", "_tcp"]] }],
  ["_printer._sub._http._tcp", { subtypes: [{ label: "_printer", type: ["_http", "_tcp"] }] }],
  ["Dr. Foo v1.2 é._http._tcp", { instances: [["Dr. Foo v1.2 é", "_http", "_tcp", "local"]] }],
  ["Dr\\. Foo._http._tcp.local", { instances: [["Dr. Foo", "_http", "_tcp", "local"]] }],
  ["a\\b._http._tcp.local", { instances: [["ab", "_http", "_tcp", "local"]] }],
  ["_http._tcp.corp.test", {}],
  ["web.service.consul", {}],
  ["_http", {}],
  ["_._tcp", {}],
  ["", {}],
])("'%s' is a wish for %j", (text, expected) => {
  expect(wishFor([text])).toEqual({ ...NOTHING, ...expected });
});

test("the same wish counts once, whatever its case", () => {
  expect(wishFor(["_http._tcp", "_HTTP._tcp.local", "_http._tcp."]).types).toEqual([["_http", "_tcp"]]);
  expect(wishForAll(["_amqp._tcp", "_amqp._tcp", "nonsense"]).types).toEqual([["_amqp", "_tcp"]]);
});

test("any label before a type is an instance of it, exactly", () => {
  const label = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((one) => !/[\\\n\r\u2028\u2029]|\._sub$/i.test(one));
  fc.assert(
    fc.property(label, (one) => {
      expect(wishFor([`${one}._http._tcp.local`]).instances).toEqual([[one, "_http", "_tcp", "local"]]);
    }),
  );
});

test("nothing that is wished for is too strange to be read", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => void wishFor(texts)));
});
