import { AlarmRule, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { GameAlarm } from '#infra/constructs/alarm.ts';
import { EndpointRoute } from '#infra/constructs/endpoint-route.ts';
import { EventSubscriber } from '#infra/constructs/event-subscriber.ts';
import { stagePrefix } from '#infra/constructs/names.ts';
import { type Authorizers, PlatformTrigger } from '#infra/constructs/platform-trigger.ts';
import { ScheduledJob } from '#infra/constructs/scheduled-job.ts';
import type { Surroundings } from '#infra/constructs/surroundings.ts';
import { GameStack } from '#infra/stacks/game-stack.ts';
import type { Domain } from '#shared/contract/domain.ts';

/** A composite's rule holds at most 100 alarms and 10,240 characters, of which an alarm's ARN takes about 110. */
const maxAlarmsInComposite = 80;

/** Every function of one domain, derived from its contract. */
export class DomainStack extends GameStack {
  /** The authorizers known after this domain: the given ones and its own. */
  readonly authorizers: Authorizers;

  constructor(scope: Construct, domain: Domain, around: Surroundings, known: Authorizers) {
    super(scope, around.config, domain.name, domain.summary);
    const alarms: GameAlarm[] = [];
    let authorizers = known;
    for (const trigger of authorizersFirst(domain)) {
      const wired = new PlatformTrigger(this, trigger, around, authorizers);
      authorizers = wired.authorizers;
      alarms.push(...wired.alarms);
    }
    this.authorizers = authorizers;
    const http = authorizers.http;
    for (const endpoint of domain.endpoints) {
      if (http === undefined)
        throw new Error(`${endpoint.id} needs an authorizer trigger with api http in some domain`);
      alarms.push(...new EndpointRoute(this, endpoint, around, http).alarms);
    }
    for (const subscriber of domain.subscribers) alarms.push(...new EventSubscriber(this, subscriber, around).alarms);
    for (const job of domain.jobs) alarms.push(...new ScheduledJob(this, job, around).alarms);
    this.addCompositeAlarms(domain, around, alarms);
  }

  /** One light for the domain: on while any of its alarms is on. The alarms themselves notify. */
  private addCompositeAlarms(domain: Domain, around: Surroundings, alarms: readonly GameAlarm[]): void {
    for (let first = 0, part = 1; first < alarms.length; first += maxAlarmsInComposite, part += 1) {
      const suffix = part === 1 ? '' : `-${part}`;
      new CompositeAlarm(this, `Composite${suffix}`, {
        compositeAlarmName: `${stagePrefix(around.config.stage)}-domain-${domain.name}${suffix}`,
        alarmDescription: `Something of ${domain.name} is broken: ${domain.summary}`,
        alarmRule: AlarmRule.anyOf(...alarms.slice(first, first + maxAlarmsInComposite)),
      });
    }
  }
}

function authorizersFirst(domain: Domain) {
  return domain.triggers.toSorted((a, b) => rank(a.trigger.kind) - rank(b.trigger.kind));
}

function rank(kind: string): number {
  return kind === 'authorizer' ? 0 : 1;
}
