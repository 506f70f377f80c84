import { describe, expect, test } from "vitest";

import type { DnsRecord, Name } from "../../src/dns/message.ts";
import { RecordIndex } from "../../src/dns/record-index.ts";
import { a, aaaa, name } from "./scripted-servers.ts";

describe("an index of records", () => {
  test("has those of a name and type, in their order and whatever the case", () => {
    const records = [a("b.test", "10.0.0.2"), a("A.test", "10.0.0.1"), aaaa("a.test", "::1")];
    const index = new RecordIndex([...records, a("a.test", "10.0.0.3")]);
    expect(index.of(name("a.TEST"), "A").map(({ address }) => address)).toEqual(["10.0.0.1", "10.0.0.3"]);
    expect(index.of(name("a.test"), "AAAA")).toEqual([records[2]]);
    expect(index.of(name("c.test"), "A")).toEqual([]);
    expect(index.of(name("a.test"), "SRV")).toEqual([]);
  });

  test("looks at each record once, however many names are looked up", () => {
    let looks = 0;
    const records = Array.from({ length: 100 }, (_, at): DnsRecord => {
      const { name: owner, ...other } = a(`h${at}.test`, `10.0.0.${at}`);
      return {
        ...other,
        get name(): Name {
          looks++;
          return owner;
        },
      };
    });
    const index = new RecordIndex(records);
    for (let at = 0; at < 500; at++) index.of(name(`h${at}.test`), "A");
    expect(looks).toBe(100);
  });
});
