import { mkdirSync } from "node:fs";
import path from "node:path";

import { run } from "./command.ts";

/** Files of one self-signed certificate and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** DNS names besides `name`. */
  readonly names?: readonly string[];
  /** True: it ended in January 2020. */
  readonly expired?: boolean;
}

/** Makes a certificate for `name`, valid for ten days from now or from the first of January 2020. */
export async function makeCertificate(
  folder: string,
  name: string,
  { names = [], expired = false }: CertificateOptions = {},
): Promise<Certificate> {
  mkdirSync(folder, { recursive: true });
  const stem = path.join(folder, expired ? `${name}-expired` : name);
  const files = { cert: `${stem}.crt`, key: `${stem}.key` };
  const when = expired ? ["faketime", "2020-01-01"] : [];
  await run([...when, "openssl", "req", "-x509", ...CURVE, ...request([name, ...names]), ...outputs(files)]);
  return files;
}

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

function request(names: readonly string[]): string[] {
  const alternatives = names.map((name) => `DNS:${name}`).join(",");
  return ["-subj", `/CN=${names[0]}`, "-addext", `subjectAltName=${alternatives}`, "-days", "10"];
}

function outputs({ cert, key }: Certificate): string[] {
  return ["-out", cert, "-keyout", key];
}
