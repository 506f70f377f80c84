import type { Observation } from "../../src/model/observation.ts";
import type { Inquiry } from "./inquiry.ts";
import { instanceAt, instancesAt } from "./instances.ts";
import { locate } from "./locate.ts";
import type { Session } from "./session.ts";
import { unitedServices } from "./united-services.ts";

/** What is announced there, in the order of RFC 2782; nothing where nobody could tell, which is noted. */
export async function answerTo(inquiry: Inquiry, session: Session): Promise<readonly Observation[]> {
  if (inquiry.kind === "browse") return instancesAt(inquiry, session);
  if (inquiry.kind === "instance") return instanceAt(inquiry, session);
  const { name, transport, literal = false } = inquiry;
  const services = await unitedServices(name, session, { transport, literal });
  return services === undefined ? [] : locate(inquiry, services, session, undefined);
}
