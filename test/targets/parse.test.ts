import * as fc from "fast-check";
import IPCIDR from "ip-cidr";
import { describe, expect, test } from "vitest";

import { DiscoverError } from "../../src/model/errors.ts";
import { formatAddress, parseAddress } from "../../src/targets/address.ts";
import { formatIpv4 } from "../../src/targets/ipv4.ts";
import { formatIpv6, ipv6Groups } from "../../src/targets/ipv6.ts";
import { parseExclusion, parseTarget } from "../../src/targets/parse.ts";
import { contains, union } from "../../src/targets/set.ts";
import { walk } from "../../src/targets/walk.ts";

/** The ranges of a target as `first-last`, or its kind. */
async function parsed(text: string): Promise<string[]> {
  const spec = await parseTarget({ text, where: "argument 1" });
  if (spec.kind === "name") return [`name ${spec.name}`];
  if (spec.kind !== "ranges") return [spec.kind];
  return spec.ranges.map(({ family, first, last, zone }) =>
    first === last
      ? formatAddress(family, first, zone)
      : `${formatAddress(family, first)}-${formatAddress(family, last)}`,
  );
}

async function failure(text: string, where = "argument 1"): Promise<string> {
  try {
    await parseTarget({ text, where });
  } catch (error) {
    if (error instanceof DiscoverError && error.code === "bad-target") return error.message;
    throw error;
  }
  return "no error";
}

describe("a target", () => {
  test.each([
    ["10.0.0.1", ["10.0.0.1"]],
    ["::1", ["::1"]],
    ["[::1]", ["::1"]],
    ["2001:DB8::1", ["2001:db8::1"]],
    ["::ffff:192.0.2.1", ["192.0.2.1"]],
    ["fe80::1%eth0", ["fe80::1%eth0"]],
    ["[fe80::1%br-lan]", ["fe80::1%br-lan"]],
    ["10.0.0.0/8", ["10.0.0.0-10.255.255.255"]],
    ["10.0.0.5/24", ["10.0.0.0-10.0.0.255"]],
    ["10.0.0.5/32", ["10.0.0.5"]],
    ["10.0.0.5/31", ["10.0.0.4-10.0.0.5"]],
    ["0.0.0.0/0", ["0.0.0.0-255.255.255.255"]],
    ["2001:db8::5/128", ["2001:db8::5"]],
    ["2001:db8::5/112", ["2001:db8::-2001:db8::ffff"]],
    ["2001:db8::/96", ["2001:db8::-2001:db8::ffff:ffff"]],
    ["::ffff:10.1.2.3/104", ["10.0.0.0-10.255.255.255"]],
    ["::ffff:1.2.3.4/128", ["1.2.3.4"]],
    ["64:ff9b::1.2.3.4/120", ["64:ff9b::102:300-64:ff9b::102:3ff"]],
    ["10.0.0.5-10.0.1.20", ["10.0.0.5-10.0.1.20"]],
    ["10.0.0.5-10.0.0.5", ["10.0.0.5"]],
    ["2001:db8::1-2001:db8::ff", ["2001:db8::1-2001:db8::ff"]],
    ["10.0.0.5-20", ["10.0.0.5-10.0.0.20"]],
    ["10.0.0-1.254-255", ["10.0.0.254-10.0.0.255", "10.0.1.254-10.0.1.255"]],
    ["10.0-3.0.1", ["10.0.0.1", "10.1.0.1", "10.2.0.1", "10.3.0.1"]],
    ["192.168.1,3.*", ["192.168.1.0-192.168.1.255", "192.168.3.0-192.168.3.255"]],
    ["10.0.0.7,5,6,1-2", ["10.0.0.1-10.0.0.2", "10.0.0.5-10.0.0.7"]],
    ["10.*.*.*", ["10.0.0.0-10.255.255.255"]],
    ["*.*.*.*", ["0.0.0.0-255.255.255.255"]],
    ["db.corp.test", ["name db.corp.test"]],
    ["DB-1.corp.test.", ["name db-1.corp.test."]],
    ["10-0-0-1", ["name 10-0-0-1"]],
    ["4chan.test", ["name 4chan.test"]],
    ["bücher.example", ["name xn--bcher-kva.example"]],
    ["local", ["local"]],
    ["Local", ["local"]],
    ["local.", ["name local."]],
    ["localhost", ["localhost"]],
    ["localhost.", ["localhost"]],
  ])("%s", async (text, expected) => {
    expect(await parsed(text)).toEqual(expected);
  });

  test("octet ranges that are many single addresses are kept apart", async () => {
    const ranges = await parsed("10.*.*.1");
    expect(ranges).toHaveLength(65_536);
    expect([ranges[1], ranges.at(-1)]).toEqual(["10.0.1.1", "10.255.255.1"]);
  });

  test("any octet pattern means the addresses whose octets all fit", async () => {
    const run = fc
      .tuple(fc.nat({ max: 255 }), fc.nat({ max: 3 }))
      .map(([a, n]) => [a, Math.min(255, a + n)] as const);
    const octet = fc.array(run, { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(fc.array(octet, { minLength: 4, maxLength: 4 }), async (octets) => {
        const text = octets.map((runs) => runs.map((ends) => ends.join("-")).join(",")).join(".");
        const [a = [], b = [], c = [], d = []] = octets.map(
          (runs) =>
            new Set(
              runs.flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, at) => low + at)),
            ),
        );
        const model = [...a].flatMap((a) =>
          [...b].flatMap((b) => [...c].flatMap((c) => [...d].map((d) => `${a}.${b}.${c}.${d}`))),
        );
        const spec = await parseTarget({ text, where: "" });
        const found = spec.kind === "ranges" ? [...walk(union(spec.ranges))] : [];
        expect(found.toSorted()).toEqual(model.toSorted());
      }),
      { numRuns: 30 },
    );
  });

  test("an IPv4 network holds an address exactly where ip-cidr says so", async () => {
    const value = fc.nat({ max: 0xffff_ffff });
    await fc.assert(
      fc.asyncProperty(
        value,
        value,
        fc.nat({ max: 32 }),
        fc.nat({ max: 32 }),
        async (base, other, prefix, near) => {
          // Half of the time an address that shares some leading bits with the network.
          const address =
            near < 32
              ? Number(
                  ((BigInt(base) >> BigInt(near)) << BigInt(near)) |
                    (BigInt(other) & ((1n << BigInt(near)) - 1n)),
                )
              : other;
          const text = `${formatIpv4(base)}/${prefix}`;
          const spec = await parseExclusion({ text, where: "" });
          const point = parseAddress(formatIpv4(address));
          if (spec.kind !== "ranges" || point === undefined) throw new Error(text);
          expect(contains(spec.ranges, point)).toBe(new IPCIDR(text).contains(formatIpv4(address)));
        },
      ),
    );
  });

  test("an IPv6 network holds an address exactly where ip-cidr says so", async () => {
    const value = fc.bigInt({ min: 2n ** 48n, max: 2n ** 128n - 1n });
    await fc.assert(
      fc.asyncProperty(
        value,
        value,
        fc.nat({ max: 128 }),
        fc.nat({ max: 128 }),
        async (base, other, prefix, near) => {
          const low = (1n << BigInt(near)) - 1n;
          const address = (base & ~low) | (other & low);
          const spec = await parseExclusion({ text: `${formatIpv6(base)}/${prefix}`, where: "" });
          if (spec.kind !== "ranges") throw new Error(spec.kind);
          const theirs = new IPCIDR(`${ipv6Groups(base).join(":")}/${prefix}`);
          expect(contains(spec.ranges, { family: 6, first: address, last: address })).toBe(
            theirs.contains(ipv6Groups(address).join(":")),
          );
        },
      ),
    );
  });
});

describe("a target that cannot be", () => {
  const LABEL = "a".repeat(64);
  const NAME = `${"a.".repeat(127)}a`;
  test.each([
    ["10.0.0.0/33", "an IPv4 prefix is 0 to 32"],
    ["10.0.0.0/", "an IPv4 prefix is 0 to 32"],
    ["10.0.0.0/-1", "an IPv4 prefix is 0 to 32"],
    ["10.0.0.0/8/8", "an IPv4 prefix is 0 to 32"],
    ["10.0.0.0/255.0.255.0", "an IPv4 prefix is 0 to 32"],
    ["2001:db8::/129", "an IPv6 prefix is 0 to 128"],
    ["10.0.0.0/08", "a prefix has no leading zero: write /8"],
    ["10.0.0.0/255.255.240.0", "give the netmask as a prefix: 10.0.0.0/20"],
    ["10.0.0.0/0.0.0.0", "give the netmask as a prefix: 10.0.0.0/0"],
    ["10/8", "an IPv4 address has 4 octets, not 1: write 10.0.0.0/8"],
    ["10.300.0.0/16", "octet 2 is 300, at most 255"],
    ["2001:db8:/64", "an IPv6 address has 8 groups, or fewer and one '::'"],
    ["fe80::1%eth0/64", "a zone goes with one address, not with a network"],
    ["10.0.0.300", "octet 4 is 300, at most 255"],
    ["010.0.0.1", "octet 1 is 010, which some programs read as octal: write 10"],
    ["10.0.0.00", "octet 4 is 00, which some programs read as octal: write 0"],
    ["10.0.0", "an IPv4 address has 4 octets, not 3"],
    ["10", "a port is given with --ports 10; an IPv4 address has 4 octets, not 1"],
    ["10.0.0.0.1", "an IPv4 address has 4 octets, not 5"],
    ["10..0.1", "octet 2 is empty"],
    ["10.0.0.5*", "octet 4 is 5*, not a number"],
    ["10.0.0.20-5", "octet 4 is reversed: write 5-20"],
    ["10.0.0.5-", "octet 4 is 5-: a range has two ends, as in 1-20"],
    ["10.0.0.1-2-3", "octet 4 is 1-2-3: a range has two ends, as in 1-20"],
    ["10.0.0.1-300", "octet 4 is 300, at most 255"],
    ["*.*.*.1", "more than 262,144 separate ranges: narrow the first octets"],
    ["10.0.0.1-10.0.0.0", "the range is reversed: write 10.0.0.0-10.0.0.1"],
    ["10.0.0.1-10.0.0.300", "10.0.0.300: octet 4 is 300, at most 255"],
    ["10.0.0.1-10.0.5", "10.0.5: an IPv4 address has 4 octets, not 3"],
    ["::2-::1", "the range is reversed: write ::1-::2"],
    ["::1-", "a range has two ends"],
    ["::1-::2-::3", "a range has two ends"],
    ["::1-ff", "ff is not an address: give both ends in full"],
    ["10.0.0.1-::5", "one end is IPv4 and the other IPv6"],
    ["fe80::1%eth0-fe80::9%eth0", "a zone goes with one address, not with a range"],
    [
      "2001:db8::/64",
      "18,446,744,073,709,551,616 addresses are more than can be walked: narrow it to /96 or more",
    ],
    ["2001:db8::/95", "8,589,934,592 addresses are more than can be walked: narrow it to /96 or more"],
    [
      "::-1::",
      "5,192,296,858,534,827,628,530,496,329,220,097 addresses are more than can be walked: narrow it to /96 or more",
    ],
    ["0.0.0.0", "not a host; for this machine say localhost"],
    ["0.0.0.0/32", "not a host; for this machine say localhost"],
    ["::", "not a host; for this machine say localhost"],
    ["[::]", "not a host; for this machine say localhost"],
    ["1::2::3", "'::' may stand once in an IPv6 address"],
    [":::", "'::' may stand once in an IPv6 address"],
    ["1:2:3", "an IPv6 address has 8 groups, or fewer and one '::'"],
    ["2001:db8::xyz", "'xyz' is not a group of 1 to 4 hexadecimal digits"],
    ["::1.2.3.400", "1.2.3.400: octet 4 is 400, at most 255"],
    ["fe80::1%", "after '%' comes the name of an interface, as in fe80::1%eth0"],
    ["[10.0.0.1]", "brackets are for IPv6 addresses: write 10.0.0.1"],
    ["http://host:80/", "give the host alone: host, and the port with --ports 80"],
    ["https://db.test/health?x=1", "give the host alone: db.test"],
    ["http://[::1]:8080/", "give the host alone: ::1, and the port with --ports 8080"],
    ["http://", "give a host alone, as in db.example.com"],
    ["host:5432", "give the host alone: host, and the port with --ports 5432"],
    ["10.0.0.1:80", "give the host alone: 10.0.0.1, and the port with --ports 80"],
    ["[::1]:6379", "give the host alone: ::1, and the port with --ports 6379"],
    [":8080", "give a host, and the port with --ports 8080"],
    ["db.test:5432/app", "give the host alone: db.test, and the port with --ports 5432"],
    ["root@db.test", "give the host alone: db.test"],
    ["root@db.test/24", "give the host alone: db.test"],
    ["db.test/24", "give the host alone: db.test"],
    ["-", "a range is written without blanks, as in 10.0.0.5-10.0.0.20"],
    ["my_db", "a host name is made of letters, digits, '-' and '.', not '_'"],
    ["a..test", "a part of the host name is empty"],
    ["-a.test", "a part of a host name cannot begin or end with '-'"],
    ["a-.test", "a part of a host name cannot begin or end with '-'"],
    [".", "a part of the host name is empty"],
    ["0x7f.1", "a host name does not end in a number, and an IPv4 address is four octets in plain decimal"],
    [
      "0x7f000001",
      "a host name does not end in a number, and an IPv4 address is four octets in plain decimal",
    ],
    [
      "１２７.0.0.1",
      "a host name does not end in a number, and an IPv4 address is four octets in plain decimal",
    ],
    ["xn--ü", "not a host name"],
  ])("%s", async (text, why) => {
    expect(await failure(text)).toBe(`${text} (argument 1): ${why}`);
  });

  test("a name or a part of it that is too long is refused, and not repeated at full length", async () => {
    expect(await failure(`${LABEL}.test`)).toBe(
      `${LABEL}.test (argument 1): a part of a host name has at most 63 characters, not 64`,
    );
    expect(await failure(NAME)).toBe(
      `${NAME.slice(0, 100)}… (argument 1): a host name has at most 253 characters, not 255`,
    );
  });

  test("the place where it stood is named", async () => {
    expect(await failure("10.0.0.0/33", "targets.txt line 7")).toBe(
      "10.0.0.0/33 (targets.txt line 7): an IPv4 prefix is 0 to 32",
    );
  });

  test.each([
    ["redis://:s3cret@db.test:6379/0", "redis://…@db.test:6379/0"],
    ["redis://s3cret@db.test:6379", "redis://…@db.test:6379"],
    ["root:s3cret@db.test:6379", "…@db.test:6379"],
  ])("credentials are not repeated: %s", async (text, shown) => {
    expect(await failure(text)).toMatch(`${shown} (argument 1): give the host alone: db.test`);
  });

  test("what is repeated of a part is without control characters too", async () => {
    expect(await failure("::1-\u0007:")).toBe(
      String.raw`::1-\u{7}: (argument 1): \u{7}:: '\u{7}' is not a group of 1 to 4 hexadecimal digits`,
    );
    expect(await failure("a\u001b[2J")).toBe(
      String.raw`a\u{1b}[2J (argument 1): a host name is made of letters, digits, '-' and '.', not '\u{1b}'`,
    );
  });

  test("the message is one line without control characters, whatever was given", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await failure(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test("whatever looks like a target is one or is refused as one", async () => {
    const piece = fc.constantFrom(..."0123456789abf.:/-,*%[]@ü_".split(""), "10.0.0.", "::", "255");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        expect(await failure(pieces.join(""))).toMatch(/ \(argument 1\): .|^no error$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("an exclusion", () => {
  test("may be wider than what can be walked", async () => {
    expect(await parseExclusion({ text: "fe80::/10", where: "--exclude" })).toEqual({
      kind: "ranges",
      ranges: [{ family: 6, first: 0xfe80n << 112n, last: (0xfec0n << 112n) - 1n }],
    });
  });
});
