/** What is counted about the HTTP room. Labels are routes, methods, statuses and reason codes: never anything of a caller. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { REFUSAL_REASONS, type RefusalReason } from './sign-in.js';

/** A registry of its own, with the figures of the process; other rooms register theirs on it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

export interface HttpMetrics {
  /** `route` is a route of ours or `none`; `seconds` is how long the answer took. */
  served(route: string, method: string, status: number, seconds: number): void;
}

/** Registers the figures of served requests. Throws if the registry already has them: one server a registry. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const labelNames = ['route', 'method', 'status'] as const;
  const requests = new Counter({
    name: 'threshold_http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'threshold_http_request_seconds',
    help: 'Time to answer, in seconds.',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    served(route, method, status, took) {
      requests.inc({ route, method, status });
      seconds.observe({ route }, took);
    },
  };
}

/** Counts refused sign-ins by reason: what `createSignIn` is given as `refused`, beside the log. */
export function countRefusedSignIns(registry: Registry): (reason: RefusalReason) => void {
  const refused = new Counter({
    name: 'threshold_sign_in_refused_total',
    help: 'Sign-ins refused, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of REFUSAL_REASONS) refused.inc({ reason }, 0);
  return (reason) => refused.inc({ reason });
}

/** Counts alerts by rule: how many were opened, never about whom. Throws if the registry already has the figure. */
export function countAlerts(registry: Registry, rules: readonly string[]): (rule: string) => void {
  const alerts = new Counter({
    name: 'threshold_alerts_total',
    help: 'Alerts opened for the officers, by rule.',
    labelNames: ['rule'],
    registers: [registry],
  });
  for (const rule of rules) alerts.inc({ rule }, 0);
  return (rule) => alerts.inc({ rule });
}
