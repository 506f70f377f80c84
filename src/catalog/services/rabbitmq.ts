import type { CatalogEntry, HttpCheck, Probe, Reading } from "../../model/catalog.ts";
import { PROTOCOL_HEADER, readConnectionStart } from "../connection-start.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";
import { plainOrNone } from "../text.ts";

const header: Probe = {
  name: "header",
  send: PROTOCOL_HEADER,
  read(reply, ended): Reading {
    const start = readConnectionStart(reply, ended);
    if (start === "more") return MORE;
    const product = start?.properties.get("product");
    if (start === undefined || product !== "RabbitMQ") return undefined;
    const version = plainOrNone(start.properties.get("version"), 40);
    const cluster = plainOrNone(start.properties.get("cluster_name"));
    return matched({
      ...facts({ version, metadata: cluster === undefined ? undefined : { cluster } }),
      product,
      confidence: 0.99,
      health: "healthy",
      summary: `AMQP 0-9-1 header answered with Connection.Start of RabbitMQ ${quoted(version ?? "")}`,
    });
  },
};

const management: HttpCheck = {
  path: "/",
  read({ status, body }) {
    if (status !== 200 || !/<title>\s*RabbitMQ Management\s*<\/title>/i.test(body)) return undefined;
    return {
      product: "RabbitMQ",
      confidence: 0.95,
      health: "healthy",
      summary: 'GET / is titled "RabbitMQ Management"',
      metadata: { role: "management" },
    };
  },
};

const entry: CatalogEntry = {
  type: "rabbitmq",
  title: "RabbitMQ",
  category: "queue",
  summary: "Message broker",
  ports: [5671, 5672, 15671, 15672],
  tlsPorts: [5671, 15671],
  httpPorts: [15671, 15672],
  dnsServices: ["_amqp._tcp", "_amqps._tcp"],
  scheme: "amqp",
  tlsScheme: "amqps",
  products: ["RabbitMQ"],
  processes: ["beam.smp", "rabbitmq-server"],
  probes: [header],
  http: [management],
  examples: [
    {
      name: "RabbitMQ 3.13",
      probe: "header",
      replies: [
        "\x01\x00\x00\x00\x00\x01\xf6\x00\n\x00\n\x00\x09\x00\x00\x01\xd1\x0ccapabilitiesF\x00\x00\x00\xc7\x12publisher_confirmst\x01\x1aexchange_exchange_bindingst\x01\nbasic.nackt\x01\x16consumer_cancel_notifyt\x01\x12connection.blockedt\x01\x13consumer_prioritiest\x01\x1cauthentication_failure_closet\x01\x10per_consumer_qost\x01\x0fdirect_reply_tot\x01\x0ccluster_nameS\x00\x00\x00\nrabbit@mq1\x09copyrightS\x00\x00\x00<Copyright (c) 2007-2024 Broadcom Inc and/or its subsidiaries\x0binformationS\x00\x00\x009Licensed under the MPL 2.0. Website: https://rabbitmq.com\x08platformS\x00\x00\x00\x11Erlang/OTP 26.2.5\x07productS\x00\x00\x00\x08RabbitMQ\x07versionS\x00\x00\x00\x063.13.7\x00\x00\x00\x0eAMQPLAIN PLAIN\x00\x00\x00\x05en_US\xce",
      ],
      expect: { product: "RabbitMQ", version: "3.13.7", health: "healthy" },
    },
    {
      name: "RabbitMQ 4.0",
      probe: "header",
      replies: [
        "\x01\x00\x00\x00\x00\x01\xff\x00\n\x00\n\x00\x09\x00\x00\x01\xd0\x0ccapabilitiesF\x00\x00\x00\xc7\x12publisher_confirmst\x01\x1aexchange_exchange_bindingst\x01\nbasic.nackt\x01\x16consumer_cancel_notifyt\x01\x12connection.blockedt\x01\x13consumer_prioritiest\x01\x1cauthentication_failure_closet\x01\x10per_consumer_qost\x01\x0fdirect_reply_tot\x01\x0ccluster_nameS\x00\x00\x00\nrabbit@mq1\x09copyrightS\x00\x00\x00<Copyright (c) 2007-2024 Broadcom Inc and/or its subsidiaries\x0binformationS\x00\x00\x009Licensed under the MPL 2.0. Website: https://rabbitmq.com\x08platformS\x00\x00\x00\x11Erlang/OTP 26.2.5\x07productS\x00\x00\x00\x08RabbitMQ\x07versionS\x00\x00\x00\x054.0.5\x00\x00\x00\x18ANONYMOUS PLAIN AMQPLAIN\x00\x00\x00\x05en_US\xce",
      ],
      expect: { product: "RabbitMQ", version: "4.0.5", health: "healthy" },
    },
    {
      name: "management page",
      path: "/",
      headers: { server: "Cowboy", "content-type": "text/html" },
      body: '<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="X-UA-Compatible" content="IE=edge" />\n    <title>RabbitMQ Management</title>\n',
      expect: { product: "RabbitMQ", health: "healthy" },
    },
  ],
};

export default entry;
