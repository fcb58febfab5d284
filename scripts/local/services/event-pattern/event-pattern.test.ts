import { expect, test } from 'vitest';
import { compileEventPattern } from './event-pattern.ts';

const matches = (pattern: unknown, event: unknown) => compileEventPattern(pattern)(event);

/** The event that AWS's documentation of pattern matching uses throughout. */
const ec2 = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'],
  detail: { 'instance-id': 'i-1234567890abcdef0', state: 'terminated' },
};

test.each<[string, unknown, boolean]>([
  [
    'fields and nested fields',
    {
      source: ['aws.ec2'],
      'detail-type': ['EC2 Instance State-change Notification'],
      detail: { state: ['terminated'] },
    },
    true,
  ],
  ['one of several values', { detail: { state: ['pending', 'terminated'] } }, true],
  ['another value', { detail: { state: ['pending'] } }, false],
  ['a value among an array', { resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'] }, true],
  ['a field that is not there', { detail: { reason: ['x'] } }, false],
  ['two fields of which one differs', { source: ['aws.ec2'], region: ['eu-west-1'] }, false],
])('the documented EC2 event: %s', (_what, pattern, expected) => {
  expect(matches(pattern, ec2)).toBe(expected);
});

// Each row: AWS's documented pattern for the operator, an event that matches, one that does not.
test.each<[string, unknown, unknown, unknown]>([
  ['prefix', { time: [{ prefix: '2017-10-02' }] }, { time: '2017-10-02T18:43:48Z' }, { time: '2017-10-03T00:00:00Z' }],
  [
    'prefix ignoring case',
    { service: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
    { service: 'EVENTBridge' },
    { service: 'Lambda' },
  ],
  ['suffix', { FileName: [{ suffix: '.png' }] }, { FileName: 'a.png' }, { FileName: 'a.PNG' }],
  [
    'suffix ignoring case',
    { FileName: [{ suffix: { 'equals-ignore-case': '.png' } }] },
    { FileName: 'a.PNG' },
    { FileName: 'a.jpg' },
  ],
  [
    'anything-but a value',
    { detail: { state: [{ 'anything-but': 'initializing' }] } },
    { detail: { state: 'running' } },
    { detail: { state: 'initializing' } },
  ],
  ['anything-but values', { 'x-limit': [{ 'anything-but': [100, 200, 300] }] }, { 'x-limit': 400 }, { 'x-limit': 200 }],
  ['anything-but a missing field', { state: [{ 'anything-but': 'a' }] }, { state: 'b' }, {}],
  [
    'anything-but prefix',
    { state: [{ 'anything-but': { prefix: 'init' } }] },
    { state: 'running' },
    { state: 'initial' },
  ],
  [
    'anything-but prefixes',
    { state: [{ 'anything-but': { prefix: ['init', 'error'] } }] },
    { state: 'running' },
    { state: 'errors' },
  ],
  [
    'anything-but suffix',
    { FileName: [{ 'anything-but': { suffix: '.txt' } }] },
    { FileName: 'a.png' },
    { FileName: 'a.txt' },
  ],
  [
    'anything-but ignoring case',
    { state: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] },
    { state: 'x' },
    { state: 'STOPPED' },
  ],
  [
    'anything-but wildcard',
    { path: [{ 'anything-but': { wildcard: '*/lib/*' } }] },
    { path: 'a/src/b' },
    { path: 'a/lib/b' },
  ],
  ['numeric range', { price: [{ numeric: ['>', 0, '<=', 5] }] }, { price: 5 }, { price: 0 }],
  ['numeric equality', { price: [{ numeric: ['=', 301.8] }] }, { price: 3.018e2 }, { price: '301.8' }],
  ['exists', { state: [{ exists: true }] }, { state: 'x' }, { other: 'x' }],
  ['exists is about leaves', { state: [{ exists: true }] }, { state: 'x' }, { state: { inner: 'x' } }],
  ['not exists', { detail: { reason: [{ exists: false }] } }, { detail: { state: 'x' } }, { detail: { reason: 'x' } }],
  ['equals ignoring case', { state: [{ 'equals-ignore-case': 'started' }] }, { state: 'StArTeD' }, { state: 'start' }],
  ['wildcard', { path: [{ wildcard: 'dir/*.png' }] }, { path: 'dir/a/b.png' }, { path: 'dirx/a.png' }],
  ['wildcard with an escaped star', { path: [{ wildcard: 'a\\*b*' }] }, { path: 'a*bc' }, { path: 'aXbc' }],
  ['cidr', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.255' }, { ip: '10.0.1.1' }],
  ['null is not a missing field', { reply: [null] }, { reply: null }, {}],
  ['the empty string', { reply: [''] }, { reply: '' }, { reply: null }],
  ['numbers are not strings', { count: [300] }, { count: 300.0 }, { count: '300' }],
  [
    '$or between fields',
    {
      source: ['aws.cloudwatch'],
      $or: [
        { metricName: ['CPUUtilization', 'ReadLatency'] },
        { metricType: ['MetricType'] },
        { namespace: ['AWS/EC2', 'AWS/ES'] },
      ],
    },
    { source: 'aws.cloudwatch', namespace: 'AWS/ES' },
    { source: 'aws.cloudwatch', namespace: 'AWS/RDS' },
  ],
  [
    'fields of one array element together',
    { drops: { item: ['blade'], rarity: ['legendary'] } },
    { drops: [{ item: 'blade', rarity: 'legendary' }] },
    {
      drops: [
        { item: 'blade', rarity: 'common' },
        { item: 'vest', rarity: 'legendary' },
      ],
    },
  ],
  ['an empty array is a missing field', { tags: [{ exists: false }] }, { tags: [] }, { tags: ['a'] }],
])('%s', (_operator, pattern, yes, no) => {
  expect(matches(pattern, yes)).toBe(true);
  expect(matches(pattern, no)).toBe(false);
});

test.each<[unknown, RegExp]>([
  [{ a: [{ regex: '.*' }] }, /\$\.a uses the unknown operator "regex"/],
  [{ a: [{ toString: 'x' }] }, /unknown operator "toString"/],
  [{ a: 'text' }, /\$\.a must be an object/],
  [{ a: [] }, /\$\.a is an empty array/],
  [{ a: [{ prefix: 'x', suffix: 'y' }] }, /exactly one operator/],
  [{ a: [{ numeric: ['~', 1] }] }, /bad comparison/],
  [{ a: [{ exists: 'yes' }] }, /must be true or false/],
  [{ a: [{ 'anything-but': { numeric: ['>', 1] } }] }, /cannot negate "numeric"/],
  [{ $or: [{ a: ['x'] }] }, /two or more branches/],
  [{}, /\$ is empty/],
])('%j is refused', (pattern, message) => {
  expect(() => compileEventPattern(pattern)).toThrow(message);
});
