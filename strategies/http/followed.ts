/** What is known at once, and what follows from it later; never rejects. */
export interface InParts<T> {
  readonly first: T;
  readonly rest?: Promise<T | undefined>;
}

type Arrival<T> =
  | { readonly kind: "item"; readonly result: IteratorResult<InParts<T>> }
  | { readonly kind: "rest"; readonly value: T | undefined; readonly of: Promise<T | undefined> };

/** The parts of all items in the order in which they come: nobody's first waits for another one's rest. */
export async function* followed<T>(items: AsyncIterable<InParts<T>>): AsyncGenerator<T, void, undefined> {
  const reader = items[Symbol.asyncIterator]();
  const step = async (): Promise<Arrival<T>> => ({ kind: "item", result: await reader.next() });
  const rests = new Map<Promise<T | undefined>, Promise<Arrival<T>>>();
  let next: Promise<Arrival<T>> | undefined = step();
  while (next !== undefined || rests.size > 0) {
    const arrival: Arrival<T> = await Promise.race([
      ...(next === undefined ? [] : [next]),
      ...rests.values(),
    ]);
    if (arrival.kind === "rest") {
      rests.delete(arrival.of);
      if (arrival.value !== undefined) yield arrival.value;
      continue;
    }
    const { done, value } = arrival.result;
    next = undefined;
    if (done === true) continue;
    yield value.first;
    const { rest } = value;
    if (rest !== undefined) rests.set(rest, after(rest));
    next = step();
  }
}

async function after<T>(rest: Promise<T | undefined>): Promise<Arrival<T>> {
  return { kind: "rest", value: await rest, of: rest };
}
