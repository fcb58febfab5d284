import type { App } from 'aws-cdk-lib';
import type { Bundles } from '#infra/constructs/bundles.ts';
import type { Authorizers } from '#infra/constructs/platform-trigger.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import { BusStack } from '#infra/stacks/bus-stack.ts';
import { DataStack } from '#infra/stacks/data-stack.ts';
import { DomainStack } from '#infra/stacks/domain-stack.ts';
import { EdgeStack } from '#infra/stacks/edge-stack.ts';
import { LedgerStack } from '#infra/stacks/ledger-stack.ts';
import { NetworkStack } from '#infra/stacks/network-stack.ts';
import { ObservabilityStack } from '#infra/stacks/observability-stack.ts';
import { RealtimeStack } from '#infra/stacks/realtime-stack.ts';
import { StagesStack } from '#infra/stacks/stages-stack.ts';
import type { StageConfig } from '#infra/stage-config.ts';
import { type Domain, functionsOf } from '#shared/contract/domain.ts';
import type { TriggerKind } from '#shared/contract/trigger.ts';

/**
 * Adds all stacks of one stage to an app: the shared ones, one per domain that has functions, and the API stages.
 * Needs neither an account nor the network.
 */
export function addBackend(app: App, config: StageConfig, domains: readonly Domain[], bundles: Bundles): void {
  const { alarmTopic } = new ObservabilityStack(app, config, domains);
  const { vpc } = new NetworkStack(app, config, domains);
  const data = new DataStack(app, config, alarmTopic);
  const { ledger } = new LedgerStack(app, config, vpc, alarmTopic);
  const bus = new BusStack(app, config, domains, alarmTopic);
  const edge = new EdgeStack(app, config);
  const around: Surroundings = {
    config,
    bundles,
    alarmTopic,
    table: data.table,
    secretArns: data.secretArns,
    ledger,
    bus: bus.bus,
    queues: bus.queues,
    relayDeadLetters: bus.relayDeadLetters,
    apis: edge.apis,
    socketApi: edge.socketApi,
    socketApiId: edge.socketApiId,
    socketEndpoint: edge.socketEndpoint,
    publicHttpUrl: edge.publicHttpUrl,
    publicSocketUrl: edge.publicSocketUrl,
    mailIdentityArn: edge.mailIdentityArn,
  };
  const domainStacks = addDomains(
    app,
    around,
    domains.filter((each) => functionsOf(each).length > 0),
  );
  const stages = new StagesStack(app, around, domains);
  for (const stack of domainStacks) stages.addStackDependency(stack, 'a stage throttles routes that must exist');
  new RealtimeStack(app, around, vpc);
}

/** Routes name their authorizer, so the domains that own one come first; migrations run before what relies on them. */
function addDomains(app: App, around: Surroundings, domains: readonly Domain[]): DomainStack[] {
  const authorizing = domains.filter((domain) => hasTrigger(domain, 'authorizer'));
  const others = domains.filter((domain) => !hasTrigger(domain, 'authorizer'));
  const stacks: DomainStack[] = [];
  const migrating: DomainStack[] = [];
  let authorizers: Authorizers = {};
  for (const domain of [...authorizing, ...others]) {
    const stack = new DomainStack(app, domain, around, authorizers);
    authorizers = stack.authorizers;
    stacks.push(stack);
    if (hasTrigger(domain, 'deployment')) migrating.push(stack);
  }
  for (const [index, domain] of [...authorizing, ...others].entries()) {
    if (authorizing.includes(domain) || hasTrigger(domain, 'deployment')) continue;
    for (const first of migrating) stacks[index]!.addStackDependency(first, 'relies on what runs at deployment');
  }
  return stacks;
}

function hasTrigger(domain: Domain, kind: TriggerKind['kind']): boolean {
  return domain.triggers.some(({ trigger }) => trigger.kind === kind);
}
