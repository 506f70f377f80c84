/** What the operating system says in words for the codes that people meet. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file"],
  ["EACCES", "permission denied"],
  ["EPERM", "not permitted"],
  ["EISDIR", "is a directory"],
  ["ENOTDIR", "part of the path is not a directory"],
  ["ENOSPC", "no space left on the device"],
  ["EROFS", "the file system is read-only"],
  ["ENAMETOOLONG", "the name is too long"],
  ["EIO", "it cannot be read or written (input/output error)"],
  ["ELOOP", "links in a circle, or too many"],
  ["EMFILE", "too many open files"],
  ["ENFILE", "too many open files on this machine"],
]);

/** The `code` of a system error (`ENOENT`), or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Why a file operation failed, for people. */
export function fileFault(error: unknown): string {
  const code = errorCode(error);
  return REASONS.get(code ?? "") ?? code ?? messageOf(error);
}

/** The first line of what an error says. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}
