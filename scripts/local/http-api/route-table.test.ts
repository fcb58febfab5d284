import { describe, expect, it } from 'vitest';
import { createRouteTable } from './route-table.ts';

const find = (routeKeys: string[], method: string, path: string) => {
  const match = createRouteTable(routeKeys.map((routeKey) => ({ routeKey })))(method, path);
  return match && [match.route.routeKey, match.pathParameters];
};

describe('route selection', () => {
  it('takes parameters from the path and decodes them', () => {
    expect(find(['GET /a/{x}/b/{y}'], 'GET', '/a/one%2Ftwo/b/%C3%A9')).toEqual([
      'GET /a/{x}/b/{y}',
      { x: 'one/two', y: 'é' },
    ]);
  });

  it('prefers text to a parameter, whatever the order of declaration', () => {
    const routes = ['GET /a/{x}', 'GET /a/b', 'GET /{all+}'];
    expect(find(routes, 'GET', '/a/b')).toEqual(['GET /a/b', undefined]);
    expect(find(routes, 'GET', '/a/c')).toEqual(['GET /a/{x}', { x: 'c' }]);
    expect(find(routes, 'GET', '/a/c/d')).toEqual(['GET /{all+}', { all: 'a/c/d' }]);
  });

  it('prefers a named method to ANY, and any route to $default', () => {
    const routes = ['$default', 'ANY /a', 'POST /a'];
    expect(find(routes, 'POST', '/a')?.[0]).toBe('POST /a');
    expect(find(routes, 'PUT', '/a')?.[0]).toBe('ANY /a');
    expect(find(routes, 'PUT', '/b')).toEqual(['$default', undefined]);
  });

  it('finds nothing for another method, a longer path, a trailing slash or an empty parameter', () => {
    const routes = ['GET /a/{x}'];
    expect(find(routes, 'POST', '/a/1')).toBeUndefined();
    expect(find(routes, 'GET', '/a/1/2')).toBeUndefined();
    expect(find(routes, 'GET', '/a/1/')).toBeUndefined();
    expect(find(routes, 'GET', '/a/')).toBeUndefined();
  });

  it('refuses a parameter that is not valid text', () => {
    expect(() => find(['GET /a/{x}'], 'GET', '/a/%E0%A4%A')).toThrow(URIError);
  });
});
