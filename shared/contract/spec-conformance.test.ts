import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventRegistry } from '#events/registry.ts';
import { domains } from '#functions/domains.ts';
import { plannedDomains, specEvents, specPathGroups, specSystems, specTopics } from './spec-lists.ts';

/**
 * Holds the project against the specification's lists. What is not implemented yet stands in `missing`, by name: the
 * test fails when something implemented is still listed there, and when something unlisted is missing.
 */
const missing = {
  eventsWithoutPublisher: ['GUILD_LEVELED_UP', 'AUCTION_WON', 'TERRITORY_CAPTURED', 'FACTION_WAR_STARTED'],
  pathGroups: [
    '/api/v1/chat/*',
    '/api/v1/matchmaking/*',
    '/api/v1/auction/*',
    '/api/v1/market/*',
    '/api/v1/crafting/*',
    '/api/v1/world/state/*',
    '/api/v1/world/events/*',
  ],
  topics: ['/topic/party/{partyId}/chat', '/topic/guild/{guildId}/chat', '/topic/world/events'],
};

const functionsFolder = new URL('../../functions/', import.meta.url).pathname;

/** Names of the events that some function's code builds: `event(NAME, …)` or `event(… ? NAME : NAME, …)`. */
function publishedEvents(): ReadonlySet<string> {
  const sources = readdirSync(functionsFolder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  expect(sources.length).toBeGreaterThan(domains.length);
  return new Set(
    sources.flatMap((file) =>
      [...readFileSync(join(functionsFolder, file), 'utf8').matchAll(/\bevent\(([^,{]*),/g)].flatMap((match) =>
        [...match[1]!.matchAll(/\b[A-Z][A-Z_]+\b/g)].map(String),
      ),
    ),
  );
}

function absent(wanted: readonly string[], present: (name: string) => boolean): string[] {
  return wanted.filter((name) => !present(name)).sort();
}

describe('the specification', () => {
  const allSpecEvents: readonly string[] = Object.values(specEvents).flat();

  it('has every event declared', () => {
    const declared = new Set(eventRegistry.map((event) => event.name));
    expect(absent(allSpecEvents, (name) => declared.has(name))).toEqual([]);
  });

  it('has every event published, but for the listed ones', () => {
    const published = publishedEvents();
    expect(absent(allSpecEvents, (name) => published.has(name))).toEqual([...missing.eventsWithoutPublisher].sort());
  });

  it('has an endpoint in every path group, but for the listed ones', () => {
    const paths = domains.flatMap((domain) => domain.endpoints.map((endpoint) => endpoint.path));
    const served = (group: string) => {
      const prefix = group.slice(0, -'/*'.length);
      return paths.some((path) => path === prefix || path.startsWith(`${prefix}/`));
    };
    expect(absent(specPathGroups, served)).toEqual([...missing.pathGroups].sort());
  });

  it('has every topic declared, but for the listed ones', () => {
    const declared = new Set(domains.flatMap((domain) => domain.topics.map((topic) => topic.destination)));
    expect(absent(specTopics, (destination) => declared.has(destination))).toEqual([...missing.topics].sort());
  });

  it('has a domain for every system, there or planned', () => {
    const existing = domains.map((domain) => domain.name);
    const known = new Set<string>([...existing, ...plannedDomains]);
    expect(absent(Object.values(specSystems), (name) => known.has(name))).toEqual([]);
    expect(plannedDomains.filter((name) => existing.includes(name))).toEqual([]);
  });

  it('lists what has no implementation yet', () => {
    const open = Object.values(missing).flat();
    process.stdout.write(`Not implemented yet, of the specification: ${open.join(', ') || 'nothing'}\n`);
    expect(new Set(open).size).toBe(open.length);
  });
});
