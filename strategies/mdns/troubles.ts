import type { MulticastLink, MulticastLinks } from "../../src/model/multicast.ts";
import type { Scope, StrategyContext } from "../../src/model/strategy.ts";

/** What fails for longer is worth a warning, in milliseconds: the second question comes after 1 s. */
const MOMENT_MS = 500;

/** Says what stands in the way, one line for each thing, once. */
export class Troubles {
  readonly #scope: Scope;
  readonly #context: StrategyContext;
  readonly #said = new Set<string>();
  /** Since when nothing could be sent. */
  readonly #failing = new Map<MulticastLink, number>();
  #sent = false;

  constructor(scope: Scope, context: StrategyContext) {
    this.#scope = scope;
    this.#context = context;
    const unknown = unknownInterfaces(scope, context);
    if (unknown !== undefined) this.#leaveOut(unknown);
  }

  /** At least one question has left this machine. */
  get couldAsk(): boolean {
    return this.#sent;
  }

  /** The links are what they are now. */
  opened({ links, faults }: MulticastLinks): void {
    const oneShot = links.filter(({ mode }) => mode === "one-shot");
    if (oneShot.length > 0) this.#warn(heldWarning(oneShot));
    for (const fault of faults) {
      const line = `mDNS cannot be used on ${linkText(fault)}: ${faultText(fault.code)}`;
      // Where the other family stands, little is lost.
      if (links.some((link) => link.interface === fault.interface)) this.#context.log.debug(line);
      else this.#leaveOut(line);
    }
    // That they are not there was said.
    const { interfaces } = this.#scope;
    const there = new Set(this.#context.net.interfaces().map(({ name }) => name));
    const isSaid = interfaces.length > 0 && !interfaces.some((name) => there.has(name));
    if (links.length === 0 && !isSaid) this.#warn(noInterface(this.#scope));
  }

  /** A packet was sent, or not: an interface that is just coming up has no address to send from for a moment. */
  sent(link: MulticastLink, fault: string | undefined): void {
    const now = this.#context.clock.monotonic();
    if (fault === undefined) {
      this.#sent = true;
      this.#failing.delete(link);
      return;
    }
    const since = this.#failing.get(link) ?? now;
    this.#failing.set(link, since);
    const line = `mDNS questions cannot be sent on ${linkText(link)}: ${faultText(fault)}`;
    if (now - since >= MOMENT_MS) this.#warn(line);
    else this.#context.log.debug(line);
  }

  /** More comes than is read, kept or told. */
  overflowed(): void {
    this.#leaveOut("mDNS: more is announced here than is kept, and some of it is left out");
  }

  #leaveOut(line: string): void {
    this.#context.scanner.cutShort();
    this.#warn(line);
  }

  #warn(line: string): void {
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.#context.log.warn(line);
  }
}

/** Which of the wanted interfaces there are not, and which there are; undefined where all are there. */
export function unknownInterfaces(scope: Scope, { net }: Pick<StrategyContext, "net">): string | undefined {
  const interfaces = net.interfaces();
  const usable = [...new Set(interfaces.filter(({ internal }) => !internal).map(({ name }) => name))];
  const known = new Set(interfaces.map(({ name }) => name));
  const unknown = scope.interfaces.filter((name) => !known.has(name));
  if (unknown.length === 0) return undefined;
  const names = unknown.map((name) => `'${name}'`).join(", ");
  return `no interface ${names} is up here: there are ${usable.join(", ") || "none"}`;
}

export function noInterface({ interfaces }: Scope): string {
  return interfaces.length === 0
    ? "mDNS: no interface but loopback is up, so nobody was asked"
    : `mDNS: ${interfaces.join(", ")} cannot be used, so nobody was asked`;
}

function heldWarning(links: readonly MulticastLink[]): string {
  const where = links.map(linkText).join(", ");
  return `UDP port 5353 is held by a program that does not share it: mDNS asked from another port on ${where}, and hears only direct answers`;
}

/** `eth0 (IPv4)`. */
export function linkText(link: Pick<MulticastLink, "interface" | "family">): string {
  return `${link.interface} (IPv${link.family})`;
}

const FAULTS: Readonly<Record<string, string>> = {
  EPERM: "a firewall forbids it (EPERM)",
  EACCES: "a firewall forbids it (EACCES)",
  ENETUNREACH: "there is no route for it (ENETUNREACH)",
  EHOSTUNREACH: "there is no route for it (EHOSTUNREACH)",
  EADDRNOTAVAIL: "the interface has no address that can be used (EADDRNOTAVAIL)",
  ENODEV: "the interface is gone (ENODEV)",
  ENETDOWN: "the interface is down (ENETDOWN)",
};

/** The system's error code in words. */
export function faultText(code: string): string {
  return FAULTS[code] ?? code;
}
