import type { LocalContext } from '../../service.ts';
import { DynamoDbService } from './dynamodb-service.ts';
import { tableSpec } from './table-spec.ts';

/** DynamoDB Local with the tables that the templates declare; in memory without `dbPath`. */
export function dynamoDbFromTemplate(context: LocalContext, dbPath: string | undefined): DynamoDbService {
  const tables = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'].flatMap((type) =>
    context.registry.ofType(type),
  );
  return new DynamoDbService({
    port: context.ports.of('dynamodb'),
    region: context.region,
    tables: tables.map(({ properties, ref }) => tableSpec({ ...properties, TableName: ref })),
    dbPath,
    say: (line) => context.log('dynamodb', line),
  });
}
