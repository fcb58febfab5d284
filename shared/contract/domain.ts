import type { Endpoint } from './endpoint.ts';
import type { ErrorCatalogue } from './errors.ts';
import type { Job } from './job.ts';
import type { Subscriber } from './subscriber.ts';
import type { Topic } from './topic.ts';
import type { Trigger } from './trigger.ts';

/** A domain's manifest: everything the rest of the project derives from it. */
export interface Domain {
  readonly name: string;
  /** One sentence: what this domain is responsible for. */
  readonly summary: string;
  readonly errors: ErrorCatalogue;
  /** Catalogues of other domains whose codes this domain's endpoints may answer. */
  readonly foreignErrors: readonly ErrorCatalogue[];
  readonly endpoints: readonly Endpoint[];
  readonly subscribers: readonly Subscriber[];
  readonly jobs: readonly Job[];
  readonly topics: readonly Topic[];
  readonly triggers: readonly Trigger[];
}

/** Collects a domain's declarations; what is left out is empty. */
export function defineDomain(spec: Pick<Domain, 'name' | 'summary'> & Partial<Domain>): Domain {
  return { errors: {}, foreignErrors: [], endpoints: [], subscribers: [], jobs: [], topics: [], triggers: [], ...spec };
}

export type DomainFunction = Endpoint | Subscriber | Job | Trigger;

const folderOf = { endpoint: 'endpoints', subscriber: 'subscribers', job: 'jobs', trigger: 'triggers' } as const;

/** Every function of a domain, whatever triggers it. */
export function functionsOf(domain: Domain): readonly DomainFunction[] {
  return [...domain.endpoints, ...domain.subscribers, ...domain.jobs, ...domain.triggers];
}

/** Source file of a function, from the repository's root: `quest.count-kill` → `functions/quest/subscribers/count-kill.ts`. */
export function entryOf(fn: DomainFunction): string {
  const [domain, name] = fn.id.split('.') as [string, string];
  return `functions/${domain}/${folderOf[fn.kind]}/${name}.ts`;
}

/** Folder of its bundle: `dist/functions/<id>/index.mjs`, handler `index.handler`. */
export function bundleOf(fn: DomainFunction): string {
  return `dist/functions/${fn.id}`;
}
