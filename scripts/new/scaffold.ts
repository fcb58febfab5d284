/** Files to write, by path. A plan is made from the present content of what it changes, and touches nothing itself. */
export type Plan = ReadonlyMap<string, string>;
export type ReadFile = (path: string) => string | undefined;

/** A mistake in what was asked for; its message is for the person who typed it. */
export class ScaffoldError extends Error {
  override readonly name = 'ScaffoldError';
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function camel(kebab: string): string {
  return kebab.replace(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase());
}

function mustMatch(value: string | undefined, form: RegExp, what: string): string {
  if (value === undefined || !form.test(value)) throw new ScaffoldError(`${what}; got ${value ?? 'nothing'}`);
  return value;
}

function required(read: ReadFile, path: string, hint: string): string {
  const content = read(path);
  if (content === undefined) throw new ScaffoldError(`${path} does not exist: ${hint}`);
  return content;
}

function addImport(source: string, line: string): string {
  return source.includes(line) ? source : `${line}\n${source}`;
}

/** Adds a name to one of the manifest's lists, which appears when it has not been there. */
function addToManifest(source: string, list: string, name: string): string {
  const manifest = source.lastIndexOf('export const domain = defineDomain({');
  if (manifest < 0) throw new ScaffoldError('the contract has no `export const domain = defineDomain({`');
  const head = source.slice(0, manifest);
  const tail = source.slice(manifest);
  const start = new RegExp(`\\b${list}: \\[`);
  if (start.test(tail)) return head + tail.replace(start, `${list}: [${name}, `);
  return head + tail.replace(/\n\}\);/, `\n  ${list}: [${name}],\n});`);
}

/** `new:endpoint quest.share POST /api/v1/quests/{questId}/share`: declaration, handler and test. */
export function planEndpoint(read: ReadFile, args: readonly string[]): Plan {
  const id = mustMatch(args[0], /^[a-z][a-z0-9]*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'the id is <domain>.<kebab-verb>');
  const method = mustMatch(
    args[1],
    new RegExp(`^(${METHODS.join('|')})$`),
    `the method is one of ${METHODS.join(', ')}`,
  );
  const path = mustMatch(args[2], /^\/api\/v1\/[\w\-/{}]+$/, 'the path is like /api/v1/quests/{questId}/share');
  const [domain, verb] = id.split('.') as [string, string];
  const name = camel(verb);
  const contractPath = `functions/${domain}/contract.ts`;
  const handlerPath = `functions/${domain}/endpoints/${verb}.ts`;
  if (read(handlerPath) !== undefined) throw new ScaffoldError(`${handlerPath} exists already`);
  const contract = required(read, contractPath, `run \`npm run new:domain -- ${domain} "What it is for"\` first`);

  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, param]) => `${param}: Slug`);
  const declaration = `export const ${name} = defineEndpoint({
  id: '${id}',
  method: '${method}',
  path: '${path}',
  summary: '${verb.replaceAll('-', ' ')}',
  auth: 'account',
${params.length > 0 ? `  params: z.strictObject({ ${params.join(', ')} }),\n` : ''}  success: 200,
  response: z.object({}),
  errors: [],
  idempotency: '${method === 'GET' ? 'none' : 'key'}',
  rate: '${method === 'GET' ? 'read' : 'write'}',
  needs: { table: '${method === 'GET' ? 'read' : 'write'}' },
  impact: 'Players cannot ${verb.replaceAll('-', ' ')}.',
  budget: { readUnits: 5, writeUnits: ${method === 'GET' ? 0 : 20} },
});

`;
  let next = contract.replace(
    'export const domain = defineDomain({',
    `${declaration}export const domain = defineDomain({`,
  );
  next = addToManifest(next, 'endpoints', name);
  if (params.length > 0 && !/import \{[^}]*\bSlug\b/.test(next))
    next = addImport(next, "import { Slug } from '#shared/kernel/ids.ts';");
  next = addImport(next, "import { defineEndpoint } from '#shared/contract/endpoint.ts';");
  next = addImport(next, "import * as z from 'zod';");

  const sampling =
    params.length > 0 ? "import { sampleFromSchema } from '#shared/testing/sample-from-schema.ts';\n" : '';
  const reply = method === 'GET' ? 'async () => ({})' : 'async ({ commit }) => commit({}, {})';
  return new Map([
    [contractPath, next],
    [
      handlerPath,
      `import { endpointHandler } from '#shared/runtime/endpoint-handler.ts';
import { ${name} } from '../contract.ts';

export const handler = endpointHandler(${name}, ${reply});
`,
    ],
    [
      handlerPath.replace(/\.ts$/, '.int.test.ts'),
      `import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
${sampling}import { ${name} } from '../contract.ts';
import { handler } from './${verb}.ts';

describe('${id}', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterAll(() => world.stop());

  it('answers a live session', async () => {
    const actor = await world.openSession(world.actor());
    const reply = await world.call(handler, ${name}, {
      actor,
${params.length > 0 ? `      params: sampleFromSchema(${name}.params, '${id} params') as Record<string, string>,\n` : ''}${method === 'GET' ? '' : "      idempotencyKey: 'first-call-1',\n"}    });
    expect(reply.status).toBe(200);
  });
});
`,
    ],
  ]);
}

/** `new:event GUILD_RENAMED guild "A guild has another name."`: declaration and frozen fixture. */
export function planEvent(read: ReadFile, args: readonly string[]): Plan {
  const name = mustMatch(args[0], /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/, 'the name is like GUILD_RENAMED');
  const owner = mustMatch(args[1], /^[a-z][a-z0-9]*$/, 'the owner is a domain');
  const summary = mustMatch(args[2], /^[^'\n]{3,120}$/, 'the summary is one sentence');
  const path = `events/${owner}.ts`;
  const registryPath = 'events/registry.ts';
  const fixturePath = `events/fixtures/${name}.v1.json`;
  if (read(fixturePath) !== undefined) throw new ScaffoldError(`${name} exists already`);
  const registry = required(read, registryPath, 'the registry is part of the project');
  const present = read(path);
  const declaration = `
export const ${name} = defineEvent({
  name: '${name}',
  version: 1,
  owner: '${owner}',
  summary: '${summary}',
  detail: z.strictObject({ accountId: AccountId }),
});
`;
  let source = `${present ?? ''}${declaration}`;
  if (!/import \{[^}]*\bAccountId\b/.test(source))
    source = addImport(source, "import { AccountId } from '#shared/kernel/ids.ts';");
  source = addImport(source, "import { defineEvent } from '#shared/contract/event.ts';");
  source = addImport(source, "import * as z from 'zod';");
  const plan = new Map([
    [path, source],
    [fixturePath, `${JSON.stringify(exampleOf(name), null, 2)}\n`],
  ]);
  if (present === undefined) {
    const listed = registry
      .replace(
        'import type { EventDefinition }',
        `import * as ${owner} from './${owner}.ts';\nimport type { EventDefinition }`,
      )
      .replace('readonly EventDefinition[] = [\n', `readonly EventDefinition[] = [\n  ${owner},\n`);
    plan.set(registryPath, listed);
  }
  return plan;
}

/** A whole envelope, as it travels; frozen from here on. */
function exampleOf(name: string): object {
  const accountId = 'acc_01KMBDBX35J7M2JN9PKV3VT0DE';
  return {
    id: 'evt_01K4J64A7FTV70EXTT9NV1MQTT',
    name,
    version: 1,
    occurredAt: '2026-11-22T08:00:00.000Z',
    aggregateId: accountId,
    aggregateSeq: 1,
    correlationId: 'opr_01KA8ZBAFSSZDMR6GXD9WWRBP5',
    causationId: 'opr_01KS8GN3YTKPG7P3M7QMY0KBFZ',
    actor: { accountId, origin: 'player' },
    data: { accountId },
  };
}

/** `new:domain bounty "Bounties that players set on players."`: manifest, errors, rules, store, public, keys, README. */
export function planDomain(read: ReadFile, args: readonly string[]): Plan {
  const name = mustMatch(args[0], /^[a-z][a-z0-9]*$/, 'the name is one lower-case word');
  const summary = mustMatch(args[1], /^[^'\n]{3,160}$/, 'the summary is one sentence');
  const folder = `functions/${name}`;
  if (read(`${folder}/contract.ts`) !== undefined) throw new ScaffoldError(`${folder} exists already`);
  const domains = required(read, 'functions/domains.ts', 'it lists all domains');
  const keys = required(read, 'shared/table/key-registry.ts', 'it lists all keys');
  const entity = name[0]!.toUpperCase() + name.slice(1);
  return new Map([
    [
      `${folder}/contract.ts`,
      `import { defineDomain } from '#shared/contract/domain.ts';
import { ${name}Errors } from './errors.ts';

export const domain = defineDomain({
  name: '${name}',
  summary: '${summary}',
  errors: ${name}Errors,
});
`,
    ],
    [
      `${folder}/errors.ts`,
      `import { defineErrors } from '#shared/contract/errors.ts';

export const ${name}Errors = defineErrors('${name}', {
  not_found: { status: 404, message: 'There is no such thing.', retry: 'never' },
});
`,
    ],
    [
      `${folder}/store.ts`,
      `import { Entity } from 'dynamodb-toolbox/entity';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { ${name}Keys } from '#shared/table/keys/${name}.ts';
import { entityDefaults, table } from '#shared/table/table.ts';

const ${entity}Entity = new Entity({
  ...entityDefaults,
  name: '${entity}',
  table,
  schema: item({ id: string().key(), version: number() }),
  computeKey: ${name}Keys.${name}.primary,
});

/** The stored state, strongly consistent; undefined when there is none. */
export async function read${entity}(id: string) {
  const { Item } = await ${entity}Entity.build(GetItemCommand).key({ id }).options({ consistent: true }).send();
  return Item;
}
`,
    ],
    [
      `${folder}/public.ts`,
      `/** What other domains and the fleet may call. */
export { read${entity} } from './store.ts';
`,
    ],
    [`${folder}/README.md`, `# ${name}\n\n${summary}\n\n## State\n\n## Invariants\n\n## Events in and out\n`],
    [
      `shared/table/keys/${name}.ts`,
      `import { defineKeys } from '../define-keys.ts';

export const ${name}Keys = defineKeys('${name}', {
  ${name}: { pk: '${name.toUpperCase()}#{id}', sk: '${name.toUpperCase()}', access: ['get by id'] },
});
`,
    ],
    [
      'functions/domains.ts',
      addImport(domains, `import { domain as ${name} } from './${name}/contract.ts';`).replace(
        'readonly Domain[] = [\n',
        `readonly Domain[] = [\n  ${name},\n`,
      ),
    ],
    [
      'shared/table/key-registry.ts',
      addImport(keys, `import { ${name}Keys } from './keys/${name}.ts';`).replace(
        'readonly DomainKeys[] = [\n',
        `readonly DomainKeys[] = [\n  ${name}Keys.registry,\n`,
      ),
    ],
  ]);
}
