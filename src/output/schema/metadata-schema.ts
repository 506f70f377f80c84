import type { JsonObject } from "../../model/json.ts";
import type { Certificate, ProcessFacts, TlsFacts } from "../../model/observation.ts";
import { ANNOUNCEMENT } from "./announcement-schema.ts";
import { CHECK } from "./check-schema.ts";
import { closedObject, moment, oneOf, text, texts, whole } from "./field.ts";

const CERTIFICATE = closedObject<Certificate>(
  "The certificate that the server showed. It was read, not trusted.",
  {
    subject: text("Common name of the subject, or its whole name where it has none."),
    issuer: text("Common name of the issuer, or its whole name where it has none."),
    validFrom: moment("When it begins to be valid."),
    validTo: moment("When it expires."),
    names: texts("Host names and IP addresses it is valid for (subject alternative names)."),
    fingerprint: text("SHA-256 of the certificate: hex bytes with colons between them."),
    problem: text("Why a client that verifies would refuse it; absent when it would not."),
  },
  ["problem"],
);

const TLS = closedObject<TlsFacts>(
  "What the TLS handshake showed; absent where TLS was not spoken.",
  {
    protocol: text("The version that was agreed on, for example TLSv1.3."),
    alpn: text("The protocol chosen by ALPN, for example h2; absent where none was."),
    certificate: CERTIFICATE,
    clientCertificate: oneOf(
      "That the server asked for a certificate of its client's; absent where it did not.",
      {
        wanted: "it took one who had none, or did not say",
        required: "it refused one who had none",
      },
    ),
  },
  ["alpn", "certificate", "clientCertificate"],
);

const PROCESS = closedObject<ProcessFacts>(
  "The process of the scanning machine that listens there; absent for other machines and where it may not be read.",
  {
    pid: whole("Process id.", 1),
    name: text("Name of the process."),
  },
);

/** Open, since every kind of service, plug-ins' own included, has facts of its own; the known members are described. */
export const METADATA: JsonObject = {
  type: "object",
  description:
    "What else is known. Members depend on the type of the service; these are known to more than one.",
  properties: {
    process: PROCESS,
    tls: TLS,
    announcements: {
      type: "array",
      items: ANNOUNCEMENT,
      description: "Who says that it is there, and under which names.",
    },
    checks: {
      type: "array",
      items: CHECK,
      description: "Health checks that were answered; the first decides the status.",
    },
    models: texts("Names of the models that an LLM server offers."),
    firstBytes: text(
      "The first bytes that a server nobody recognised sent, everything but printable ASCII escaped.",
    ),
  },
  additionalProperties: true,
};
