/**
 * The one table, as data. The CDK table, the local table and the tests' tables are all made from this.
 * Indexes are overloaded and sparse: an item appears in one only when it carries its key attributes.
 */
export const tableDefinition = {
  partitionKey: 'pk',
  sortKey: 'sk',
  indexes: {
    gsi1: { partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
    gsi2: { partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
    gsi3: { partitionKey: 'gsi3pk', sortKey: 'gsi3sk' },
  },
  /** Epoch seconds; DynamoDB deletes late, so readers check expiry themselves. */
  ttlAttribute: 'ttl',
  /** Names the entity that an item belongs to; the relay's stream filter reads it. */
  entityAttribute: '_et',
  stream: 'NEW_AND_OLD_IMAGES',
} as const;

export type IndexName = keyof typeof tableDefinition.indexes;
