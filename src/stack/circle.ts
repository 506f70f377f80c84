/** A way along the dependencies that comes back to where it began, `[a, b, a]`; undefined where there is none. */
export function circleIn(dependencies: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  for (const start of dependencies.keys()) {
    const circle = walkFrom(start, dependencies, done);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** Without recursion: a chain may be as long as the file. */
function walkFrom(
  start: string,
  dependencies: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): string[] | undefined {
  const way: { readonly name: string; next: number }[] = [];
  const onWay = new Set<string>();
  const enter = (name: string): void => {
    way.push({ name, next: 0 });
    onWay.add(name);
  };
  if (!done.has(start)) enter(start);
  for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
    const to = dependencies.get(top.name)?.[top.next++];
    if (to === undefined) {
      way.pop();
      onWay.delete(top.name);
      done.add(top.name);
    } else if (onWay.has(to)) {
      const names = way.map(({ name }) => name);
      return [...names.slice(names.indexOf(to)), to];
    } else if (!done.has(to)) enter(to);
  }
  return undefined;
}
