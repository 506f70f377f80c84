/** The results of tasks that are under way, each as soon as it is there. */
export async function* asTheyEnd<T>(tasks: readonly Promise<T>[]): AsyncGenerator<T, void, undefined> {
  const turns: Turn<T>[] = [];
  const slots = tasks.map(() => new Promise<T>((resolve, reject) => turns.push({ resolve, reject })));
  // Whoever stops reading leaves some that nobody looks at any more.
  for (const slot of slots) slot.catch(() => {});
  for (const task of tasks) {
    task.then(
      (value) => turns.shift()?.resolve(value),
      (error: unknown) => turns.shift()?.reject(error),
    );
  }
  for (const slot of slots) yield await slot;
}

interface Turn<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** What all sources yield, as it comes; all of them run at once. */
export async function* merged<T>(
  sources: readonly AsyncGenerator<T, void, undefined>[],
): AsyncGenerator<T, void, undefined> {
  const steps = new Map(sources.map((source) => [source, source.next().then((step) => ({ source, step }))]));
  while (steps.size > 0) {
    const { source, step } = await Promise.race(steps.values());
    if (step.done === true) {
      steps.delete(source);
      continue;
    }
    steps.set(
      source,
      source.next().then((next) => ({ source, step: next })),
    );
    yield step.value;
  }
}
