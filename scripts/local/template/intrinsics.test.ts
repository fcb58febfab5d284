// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its placeholders like this

import { describe, expect, it } from 'vitest';
import { type IntrinsicScope, NO_VALUE, resolveIntrinsics } from './intrinsics.ts';

const scope: IntrinsicScope = {
  where: 'app.Thing',
  region: 'eu-central-1',
  ref: (id) => ({ Table: 'table-1', Flag: 'on', Nothing: NO_VALUE })[id] ?? `ref:${id}`,
  getAtt: (id, attribute) => `${id}/${attribute}`,
  importValue: (name) => `import:${name}`,
  mapping: (map, first, second) => `${map}.${first}.${second}`,
  condition: (name) => name === 'Yes',
};
const resolve = (value: unknown) => resolveIntrinsics(value, scope);

describe('intrinsic functions', () => {
  it.each([
    ['Ref', { Ref: 'Table' }, 'table-1'],
    ['GetAtt', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table/Arn'],
    ['GetAtt with a dotted attribute', { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] }, 'Db/Endpoint.Address'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Db.Endpoint.Port' }, 'Db/Endpoint.Port'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 'b']] }, 'a-table-1-b'],
    ['Sub', { 'Fn::Sub': 'x/${Table}/${Db.Arn}/${!Literal}' }, 'x/table-1/Db/Arn/${Literal}'],
    ['Sub with values', { 'Fn::Sub': ['${Own}:${Table}', { Own: { Ref: 'Flag' } }] }, 'on:table-1'],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${Table}-arn' } }, 'import:table-1-arn'],
    ['FindInMap', { 'Fn::FindInMap': ['Map', { Ref: 'Flag' }, 'k'] }, 'Map.on.k'],
    ['If', { 'Fn::If': ['Yes', 'then', 'else'] }, 'then'],
    ['If not', { 'Fn::If': ['No', 'then', 'else'] }, 'else'],
    ['Equals', { 'Fn::Equals': [{ Ref: 'Flag' }, 'on'] }, true],
    ['Not', { 'Fn::Not': [{ Condition: 'Yes' }] }, false],
    ['And', { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
    ['Or', { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['GetAZs', { 'Fn::Select': [2, { 'Fn::GetAZs': '' }] }, 'eu-central-1c'],
    ['Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 3, 8] }, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
  ])('resolves %s', (_name, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('leaves out what is AWS::NoValue, in objects and in lists', () => {
    expect(resolve({ a: { Ref: 'Nothing' }, b: [1, { Ref: 'Nothing' }, 2] })).toEqual({ b: [1, 2] });
  });

  it('does not take the Condition of a policy statement for a function', () => {
    const statement = { Condition: { StringEquals: { a: 'b' } } };
    expect(resolve(statement)).toEqual(statement);
  });

  it('does not evaluate the branch that a condition leaves out', () => {
    expect(resolve({ 'Fn::If': ['No', { 'Fn::Unknown': 1 }, 'else'] })).toBe('else');
  });

  it('names the place of a function that it does not know', () => {
    expect(() => resolve({ a: [{ 'Fn::Transform': {} }] })).toThrow(
      'app.Thing: the intrinsic function Fn::Transform is not supported locally',
    );
  });

  it('refuses to join what is not text', () => {
    expect(() => resolve({ 'Fn::Join': ['', ['a', { b: 1 }]] })).toThrow(/app\.Thing: expected a text/);
  });
});
