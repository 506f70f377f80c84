import type { DnsMessage, DnsRecord, Name } from "./message.ts";
import { sameLabel } from "./name.ts";

/**
 * The name with the case of each ASCII letter drawn by lot: a reply that echoes it must have seen the question
 * (draft-vixie-dnsext-dns0x20). `random` is uniform in [0, 1).
 */
export function mixCase(name: Name, random: () => number): Name {
  return name.map((label) => label.replaceAll(/[A-Za-z]/g, (letter) => drawCase(letter, random)));
}

function drawCase(letter: string, random: () => number): string {
  return random() < 0.5 ? letter.toLowerCase() : letter.toUpperCase();
}

/** Whether two names are the same to the letter and its case. */
export function exactlySame(a: Name, b: Name): boolean {
  return a.length === b.length && a.every((label, at) => label === b[at]);
}

/**
 * A reply in the spelling of the name that was asked for: servers compress names by pointing into the question, and so
 * write its drawn case into names that end as it does.
 */
export function inSpellingOf(asked: Name, message: DnsMessage): DnsMessage {
  // Names that are one pointer are one array, as the decoder has them: each is compared once.
  const known = new Map<Name, Name>();
  const inSpelling = (name: Name): Name => {
    const spelled = known.get(name) ?? respell(name, asked);
    known.set(name, spelled);
    return spelled;
  };
  const respelled = (records: readonly DnsRecord[]): DnsRecord[] =>
    records.map((record) => {
      const name = inSpelling(record.name);
      return "target" in record
        ? { ...record, name, target: inSpelling(record.target) }
        : { ...record, name };
    });
  const { answers, authorities, additionals } = message;
  return {
    ...message,
    answers: respelled(answers),
    authorities: respelled(authorities),
    additionals: respelled(additionals),
  };
}

/** The labels that both names end in, as `asked` has them, and the others as they are. Compares each label once. */
function respell(name: Name, asked: Name): Name {
  const most = Math.min(name.length, asked.length);
  let common = 0;
  while (common < most && sameLabel(name.at(-1 - common) ?? "", asked.at(-1 - common) ?? "")) common++;
  return common === 0
    ? name
    : [...name.slice(0, name.length - common), ...asked.slice(asked.length - common)];
}
