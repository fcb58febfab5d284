/** Which part may import which (DESIGN: kernel ← contract ← events, table ← rules ← store ← endpoints ← runtime entry). */
const DOMAIN = '^functions/([^/]+)/';
const TESTS = '\\.(test|int\\.test|e2e\\.test)\\.ts$|^shared/testing/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle hides who depends on whom.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'kernel-is-the-bottom',
      severity: 'error',
      from: { path: '^shared/kernel/', pathNot: TESTS },
      to: { path: '^(shared/(?!kernel)|functions|events|content|infra|scripts|gamelift-fleet)' },
    },
    {
      name: 'contract-language-knows-only-the-kernel',
      severity: 'error',
      from: { path: '^shared/contract/', pathNot: TESTS },
      to: { path: '^(shared/(?!kernel|contract)|functions|events|content|infra|scripts|gamelift-fleet)' },
    },
    {
      name: 'events-are-declarations',
      severity: 'error',
      from: { path: '^events/', pathNot: TESTS },
      to: { path: '^(shared/(?!kernel|contract)|functions|infra|scripts|gamelift-fleet)' },
    },
    {
      name: 'shared-knows-no-domain',
      severity: 'error',
      from: { path: '^shared/', pathNot: TESTS },
      to: { path: '^(functions|infra|scripts|gamelift-fleet)' },
    },
    {
      name: 'rules-are-pure',
      comment: 'Game rules take time and randomness as arguments and do no I/O.',
      severity: 'error',
      from: { path: '^functions/[^/]+/rules\\.ts$' },
      to: {
        path: '(^|/)(store|public|publisher)\\.ts$|^shared/(table|runtime|telemetry|ledger|settlement|events)|@aws-sdk|dynamodb-toolbox|^node:(fs|net|http|child_process)|^(fs|net|http|child_process)$',
      },
    },
    {
      name: 'domains-meet-in-public-or-in-events',
      comment:
        'Another domain is reached through its public.ts, its error codes, the shapes that contracts share, or its events; its settlements are listed for their sweeper.',
      severity: 'error',
      from: { path: DOMAIN, pathNot: [TESTS, '^functions/settlement/kinds\\.ts$'] },
      to: { path: DOMAIN, pathNot: ['^functions/$1/', '^functions/[^/]+/(public|errors|shapes)\\.ts$'] },
    },
    {
      name: 'kinds-list-settlements-alone',
      severity: 'error',
      from: { path: '^functions/settlement/kinds\\.ts$' },
      to: { path: DOMAIN, pathNot: '^functions/[^/]+/settlement\\.ts$' },
    },
    {
      name: 'fleet-meets-domains-in-public',
      severity: 'error',
      from: { path: '^gamelift-fleet/', pathNot: [TESTS, '^gamelift-fleet/page/'] },
      to: { path: DOMAIN, pathNot: '^functions/[^/]+/(public|errors)\\.ts$' },
    },
    {
      name: 'page-is-a-client',
      comment: 'The zone page speaks to the domains over their API, whose declarations it reads for their types.',
      severity: 'error',
      from: { path: '^gamelift-fleet/page/' },
      to: { path: DOMAIN, pathNot: '^functions/[^/]+/contract\\.ts$' },
    },
    {
      name: 'infra-reads-declarations-only',
      severity: 'error',
      from: { path: '^infra/', pathNot: TESTS },
      to: {
        path: '^(functions|shared|gamelift-fleet|content|scripts)/',
        pathNot: [
          '^functions/domains\\.ts$',
          '/contract\\.ts$',
          '^shared/contract/',
          '^shared/table/definition\\.ts$',
          '^shared/kernel/config\\.ts$',
        ],
      },
    },
    {
      name: 'no-cdk-in-functions',
      severity: 'error',
      from: { path: '^(functions|shared|events|content|gamelift-fleet)/' },
      to: { path: 'node_modules/(aws-cdk-lib|constructs|cdk-nag)' },
    },
    {
      name: 'aws-sdk-at-the-edges',
      comment: 'The SDK is used where I/O lives: stores, triggers, publishers, and the shared runtime.',
      severity: 'error',
      from: {
        path: '^(functions|shared|events|content|gamelift-fleet)/',
        pathNot: [
          TESTS,
          '^functions/[^/]+/(store|publisher|connections|mailer)[^/]*\\.ts$',
          '^functions/[^/]+/triggers/',
          '^shared/(runtime|events|table|ledger|telemetry|settlement)/',
          '^gamelift-fleet/src/(persist|control)/',
        ],
      },
      to: { path: 'node_modules/@aws-sdk', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-stay-out-of-the-product',
      severity: 'error',
      from: { path: '^(functions|shared|events|content|gamelift-fleet/src|infra)/', pathNot: TESTS },
      to: { path: '^shared/testing/' },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports this file: dead, or an entry that the list below lacks.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          TESTS,
          '\\.config\\.ts$',
          '^functions/[^/]+/(endpoints|subscribers|jobs|triggers)/',
          '^scripts/',
          '^infra/app\\.ts$',
          '\\.d\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdk\\.out|\\.local)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
