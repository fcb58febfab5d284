import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type LocalSecondaryIndex,
  ResourceNotFoundException,
  type StreamViewType,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';

/** A table as a template's properties describe it. */
export interface TableSpec {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributes: readonly AttributeDefinition[];
  readonly globalIndexes: readonly GlobalSecondaryIndex[];
  readonly localIndexes: readonly LocalSecondaryIndex[];
  readonly streamView: StreamViewType | undefined;
  readonly ttlAttribute: string | undefined;
}

const Keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })).min(1);
const Index = z.object({
  IndexName: z.string(),
  KeySchema: Keys,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/** What AWS::DynamoDB::Table and GlobalTable may say beside the shape of the data: nothing that one machine shows. */
const inertProperties = [
  'BillingMode',
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'PointInTimeRecoverySpecification',
  'ProvisionedThroughput',
  'Replicas',
  'ResourcePolicy',
  'SSESpecification',
  'TableClass',
  'Tags',
  'WarmThroughput',
] as const;

const TableProperties = z.strictObject({
  ...Object.fromEntries(inertProperties.map((name) => [name, z.unknown().optional()])),
  TableName: z.string(),
  KeySchema: Keys,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })).min(1),
  GlobalSecondaryIndexes: z.array(Index).default([]),
  LocalSecondaryIndexes: z.array(Index).default([]),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
    .optional(),
  TimeToLiveSpecification: z.object({ Enabled: z.boolean(), AttributeName: z.string().optional() }).optional(),
});

/** Reads a table resource's properties; throws when a part that shapes the data is not as CloudFormation defines it. */
export function tableSpec(properties: unknown): TableSpec {
  const read = TableProperties.parse(properties);
  return {
    name: read.TableName,
    keySchema: read.KeySchema,
    attributes: read.AttributeDefinitions,
    globalIndexes: read.GlobalSecondaryIndexes as GlobalSecondaryIndex[],
    localIndexes: read.LocalSecondaryIndexes as LocalSecondaryIndex[],
    streamView: read.StreamSpecification?.StreamViewType,
    ttlAttribute: read.TimeToLiveSpecification?.Enabled ? read.TimeToLiveSpecification.AttributeName : undefined,
  };
}

/**
 * Makes the table, or finds it with the same keys, indexes and stream. Throws when one of another shape is there: its
 * data was written by another version of the template.
 */
export async function ensureTable(client: DynamoDBClient, spec: TableSpec): Promise<void> {
  const existing = await client.send(new DescribeTableCommand({ TableName: spec.name })).catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  });
  if (existing?.Table) {
    const found = shapeOf(existing.Table as unknown as CreateTableCommandInput);
    if (found !== shapeOf(createInput(spec))) {
      throw new Error(
        `Table ${spec.name} on disk has other keys, indexes or stream than the template: begin anew with "npm start -- --fresh"`,
      );
    }
    return;
  }
  await client.send(new CreateTableCommand(createInput(spec)));
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName: spec.name });
  if (spec.ttlAttribute === undefined) return;
  const TimeToLiveSpecification = { Enabled: true, AttributeName: spec.ttlAttribute };
  await client.send(new UpdateTimeToLiveCommand({ TableName: spec.name, TimeToLiveSpecification }));
}

function createInput(spec: TableSpec): CreateTableCommandInput {
  return {
    TableName: spec.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [...spec.keySchema],
    AttributeDefinitions: [...spec.attributes],
    ...(spec.globalIndexes.length > 0 ? { GlobalSecondaryIndexes: [...spec.globalIndexes] } : {}),
    ...(spec.localIndexes.length > 0 ? { LocalSecondaryIndexes: [...spec.localIndexes] } : {}),
    ...(spec.streamView ? { StreamSpecification: { StreamEnabled: true, StreamViewType: spec.streamView } } : {}),
  };
}

/** What must not differ, in one comparable text. */
function shapeOf(table: CreateTableCommandInput): string {
  const keys = (schema: readonly KeySchemaElement[] = []) =>
    [...schema]
      .sort((a, b) => String(a.KeyType).localeCompare(String(b.KeyType)))
      .map(({ AttributeName, KeyType }) => `${KeyType}:${AttributeName}`);
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
    .map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      keys(KeySchema),
      Projection?.ProjectionType,
      [...(Projection?.NonKeyAttributes ?? [])].sort(),
    ])
    .sort((a, b) => String(a[0]).localeCompare(String(b[0])));
  const attributes = (table.AttributeDefinitions ?? [])
    .map(({ AttributeName, AttributeType }) => `${AttributeName}:${AttributeType}`)
    .sort();
  return JSON.stringify([keys(table.KeySchema), indexes, attributes, table.StreamSpecification?.StreamViewType]);
}
