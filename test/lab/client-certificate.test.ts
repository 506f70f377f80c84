import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { discover } from "../../src/index.ts";
import type { Inventory, Service } from "../../src/index.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";

describe.each([[["tcp"]], [["http"]], [["tcp", "http"]]])(
  "servers that want a client certificate, to %j",
  (strategies) => {
    let lab: Lab;
    let inventory: Inventory;
    const ports = [443, 2_379, 6_379, 7_001, 8_443, 8_444];

    function serviceAt(port: number): Service | undefined {
      return inventory.services.find((service) => service.port === port);
    }

    beforeAll(async () => {
      lab = await createLab({ hosts: 1 });
      const tls = await lab.certificate("db.test");
      const clientAuthority = await lab.certificate("authority.test");
      const old = "ssl_protocols TLSv1.2; location / { return 200 ok; }";
      const optional = "ssl_verify_client optional_no_ca; location / { return 200 ok; }";
      const h1 = lab.host(1);
      await Promise.all([
        h1.etcd({ tls, clientAuthority }),
        h1.redis({ tls, clientAuthority }),
        h1.redis({ port: 7_001, tls, clientAuthority, tlsProtocols: "TLSv1.2" }),
        h1.nginx({ tls, clientAuthority }),
        h1.nginx({ port: 81, tls, clientAuthority, tlsPort: 8_443, locations: old }),
        h1.nginx({ port: 82, tls, tlsPort: 8_444, locations: optional }),
      ]);
      inventory = await discover({ targets: ["10.99.0.11"], ports, strategies }).inventory();
    });

    afterAll(() => lab?.close());

    test.each([
      [443, "nginx", "protected", "required"],
      [2_379, "http", "protected", "required"],
      [6_379, "unknown", "protected", "required"],
      [7_001, "unknown", "protected", "required"],
      [8_443, "nginx", "protected", "required"],
      [8_444, "nginx", "healthy", "wanted"],
    ])("port %i is %s and %s: one is %s", (port, type, status, clientCertificate) => {
      expect(serviceAt(port)).toMatchObject({
        type,
        status,
        tls: true,
        metadata: { tls: { clientCertificate, certificate: { subject: "db.test" } } },
      });
    });

    test.each([443, 2_379, 6_379, 7_001, 8_443])("and port %i says so", (port) => {
      expect(
        serviceAt(port)
          ?.evidence.map(({ summary }) => summary)
          .join(),
      ).toContain("wants a client certificate");
    });
  },
);
