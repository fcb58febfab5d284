import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { LedgerUser, Surroundings } from '#infra/constructs/surroundings.ts';
import type { DomainFunction } from '#shared/contract/domain.ts';
import type { Needs } from '#shared/contract/needs.ts';
import { tableDefinition } from '#shared/table/definition.ts';

const tableReads = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const tableWrites = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
];

/** Who a function is in Postgres: only deployment functions, which migrate, own the schema. */
export function ledgerUserOf(fn: DomainFunction): LedgerUser {
  return fn.kind === 'trigger' && fn.trigger.kind === 'deployment' ? 'ledger_owner' : 'ledger_app';
}

/** Table access without Scan, on the table and on each index by name. */
export function tableStatement(access: 'read' | 'write', tableArn: string): PolicyStatement {
  const indexes = Object.keys(tableDefinition.indexes).map((index) => `${tableArn}/index/${index}`);
  return new PolicyStatement({
    actions: access === 'write' ? [...tableReads, ...tableWrites] : tableReads,
    resources: [tableArn, ...indexes],
  });
}

/**
 * What the needs of a contract allow, and nothing else.
 * @param as `ledger_owner` for functions that run at deployment.
 */
export function statementsFor(
  scope: Construct,
  needs: Needs,
  around: Surroundings,
  as: LedgerUser = 'ledger_app',
): PolicyStatement[] {
  const statements: PolicyStatement[] = [];
  if (needs.table) statements.push(tableStatement(needs.table, around.table.tableArn));
  if (needs.scan) {
    statements.push(new PolicyStatement({ actions: ['dynamodb:Scan'], resources: [around.table.tableArn] }));
  }
  if (needs.secrets?.length) {
    statements.push(
      new PolicyStatement({
        // A deployment function fills secrets that are still empty, such as the first signing keys.
        actions: ['secretsmanager:GetSecretValue', ...(as === 'ledger_owner' ? ['secretsmanager:PutSecretValue'] : [])],
        resources: needs.secrets.map((name) => around.secretArns[name]),
      }),
    );
  }
  if (needs.replacesSecrets?.length) {
    statements.push(
      new PolicyStatement({
        actions: ['secretsmanager:PutSecretValue'],
        resources: needs.replacesSecrets.map((name) => around.secretArns[name]),
      }),
    );
  }
  if (needs.bus) {
    statements.push(new PolicyStatement({ actions: ['events:PutEvents'], resources: [around.bus.eventBusArn] }));
  }
  if (needs.queues?.length) {
    statements.push(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: needs.queues.map((name) => around.queues[name].queueArn),
      }),
    );
  }
  if (needs.mail) {
    statements.push(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [around.mailIdentityArn],
        conditions: { StringEquals: { 'ses:FromAddress': around.config.mailFrom } },
      }),
    );
  }
  if (needs.sockets) {
    statements.push(
      new PolicyStatement({
        actions: ['execute-api:ManageConnections'],
        resources: connectionArns(scope, around),
      }),
    );
  }
  if (needs.ledger) {
    statements.push(
      new PolicyStatement({
        actions: ['rds-db:connect'],
        resources: [around.ledger.connectArn(as)],
      }),
    );
  }
  return statements;
}

/** Posting to and closing any connection of the one WebSocket API; they have no names until clients connect. */
export function connectionArns(scope: Construct, around: Surroundings): string[] {
  return ['POST', 'DELETE'].map((method) =>
    Stack.of(scope).formatArn({
      service: 'execute-api',
      resource: around.socketApiId,
      resourceName: `${socketStageName}/${method}/@connections/*`,
    }),
  );
}

/** Name of the WebSocket API's stage, which is the path of its address. */
export const socketStageName = 'ws';
