import type { RouteDeclaration } from '../gateway/declaration.ts';

export interface RouteMatch<R> {
  readonly route: R;
  /** Decoded; undefined when the route has none. */
  readonly pathParameters: Record<string, string> | undefined;
}

type Segment = { readonly kind: 'static' | 'parameter' | 'greedy'; readonly text: string };

interface Pattern<R> {
  readonly route: R;
  readonly method: string;
  readonly segments: readonly Segment[];
}

/**
 * Finds a request's route as HTTP APIs do: the most specific path wins, segment by segment (text before `{name}`
 * before `{name+}`), a named method before `ANY`, and `$default` comes last. `path` is as it was sent: parameters are
 * percent-decoded after matching. Throws URIError when one is not valid UTF-8.
 */
export function createRouteTable<R extends Pick<RouteDeclaration, 'routeKey'>>(
  routes: readonly R[],
): (method: string, path: string) => RouteMatch<R> | undefined {
  const patterns = routes
    .filter(({ routeKey }) => routeKey !== '$default')
    .map(parsePattern)
    .sort(compare);
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  return (method, path) => {
    const parts = path.slice(1).split('/');
    for (const pattern of patterns) {
      if (pattern.method !== 'ANY' && pattern.method !== method) continue;
      const pathParameters = match(pattern.segments, parts);
      if (pathParameters) {
        return {
          route: pattern.route,
          pathParameters: Object.keys(pathParameters).length > 0 ? pathParameters : undefined,
        };
      }
    }
    return fallback && { route: fallback, pathParameters: undefined };
  };
}

function parsePattern<R extends Pick<RouteDeclaration, 'routeKey'>>(route: R): Pattern<R> {
  const [method, path] = route.routeKey.split(' ') as [string, string];
  const segments = path
    .slice(1)
    .split('/')
    .map((text): Segment => {
      const name = /^\{(.+?)(\+?)\}$/.exec(text);
      if (!name) return { kind: 'static', text };
      return { kind: name[2] ? 'greedy' : 'parameter', text: name[1]! };
    });
  return { route, method, segments };
}

const rank = { static: 0, parameter: 1, greedy: 2 } as const;

function compare<R>(a: Pattern<R>, b: Pattern<R>): number {
  for (let index = 0; index < Math.min(a.segments.length, b.segments.length); index++) {
    const difference = rank[a.segments[index]!.kind] - rank[b.segments[index]!.kind];
    if (difference !== 0) return difference;
  }
  return b.segments.length - a.segments.length || Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function match(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, { kind, text }] of segments.entries()) {
    if (kind === 'greedy') {
      const rest = parts.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[text] = decodeURIComponent(rest);
      return parameters;
    }
    const part = parts[index];
    if (part === undefined) return undefined;
    if (kind === 'static' ? part !== text : part === '') return undefined;
    if (kind === 'parameter') parameters[text] = decodeURIComponent(part);
  }
  return segments.length === parts.length ? parameters : undefined;
}
