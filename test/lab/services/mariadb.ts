import { writeFileSync } from "node:fs";
import path from "node:path";

import { run } from "../command.ts";
import type { Machine, ServiceOptions } from "../machine.ts";
import type { Service } from "../service.ts";
import { copyTemplate } from "../template.ts";

/** Small, and the same when the database is made and when it runs. */
const SIZES = ["--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M"];

export interface MariadbOptions extends ServiceOptions {
  /** True: it shows other hosts the door before it greets them, as a fresh one does that has no users for them. */
  readonly localOnly?: boolean;
}

export async function mariadb(
  machine: Machine,
  { port = 3306, listen = machine.listen, localOnly = false }: MariadbOptions,
): Promise<Service> {
  const name = `mariadb-${port}`;
  const folder = machine.folder(name);
  const data = path.join(folder, "data");
  await copyTemplate("mariadb", data, initialize);
  const files = [`--datadir=${data}`, `--socket=${folder}/socket`, `--pid-file=${folder}/pid`];
  const network = [`--port=${port}`, `--bind-address=${listen.join(",")}`, "--skip-name-resolve"];
  const argv = ["mariadbd", "--no-defaults", "--user=root", ...files, ...network, ...SIZES];
  if (!localOnly) argv.push(`--init-file=${guestList(folder)}`);
  return machine.start({ name, port, listen, argv, says: /ready for connections/ });
}

/** One user who may come from anywhere. */
function guestList(folder: string): string {
  const file = path.join(folder, "users.sql");
  writeFileSync(file, "CREATE USER IF NOT EXISTS 'lab'@'%' IDENTIFIED BY 'lab';\n");
  return file;
}

async function initialize(folder: string): Promise<void> {
  const options = ["--auth-root-authentication-method=normal", "--skip-test-db", "--user=root"];
  await run(["mariadb-install-db", "--no-defaults", `--datadir=${folder}`, ...options, ...SIZES]);
}
