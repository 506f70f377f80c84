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
