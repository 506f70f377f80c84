import type { Action, Decision, Explanation, Plan } from "../model/plan.ts";

/** The decisions about a service of the stack, one each instance; none where the plan has no such service. */
export function explain(plan: Plan, service: string): Explanation[] {
  const decisions = plan.decisions.filter((one) => one.service === service);
  return decisions.map((one) => ({
    service,
    instance: one.instance,
    of: decisions.length,
    action: one.action,
    wanted: `${one.type}, ${one.required ? "required" : "optional"}${afterText(plan, service)}`,
    observed: one.evidence.length > 0 ? one.evidence : ["nothing of the kind"],
    rule: one.rule,
    alternatives: one.rejected,
    decision: decisionText(one),
    reasons: one.reasons,
    remedy: one.remedy,
  }));
}

function afterText({ order }: Plan, service: string): string {
  const at = order.findIndex((group) => group.includes(service));
  return at > 0 ? `, in group ${at + 1} of ${order.length}` : "";
}

const VERBS: Readonly<Record<Action, string>> = {
  adopt: "adopt",
  nothing: "do nothing: it runs",
  start: "start it",
  deploy: "deploy it",
  blocked: "blocked: nothing is done",
  unknown: "unknown: nothing is done",
};

function decisionText({ action, serviceId, host, address, port }: Decision): string {
  const what = serviceId === null ? VERBS[action] : `${VERBS[action]} ${serviceId}`;
  if (host === null || action === "blocked" || action === "unknown") return what;
  const at = address !== null && address !== host ? ` (${address})` : "";
  return `${what} on ${host}${at}${port === null ? "" : `, port ${port}`}`;
}
