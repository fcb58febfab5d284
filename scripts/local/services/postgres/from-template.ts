import { join } from 'node:path';
import { z } from 'zod';
import type { LocalContext } from '../../service.ts';
import { PostgresService } from './postgres-service.ts';

const Cluster = z.object({
  Engine: z.enum(['aurora-postgresql']),
  DatabaseName: z.string().default('postgres'),
  MasterUsername: z.string(),
  MasterUserPassword: z.string().optional(),
});

/** One Postgres for all clusters of the templates; none when they declare no database. */
export function postgresFromTemplate(context: LocalContext, dataDir: string | undefined): PostgresService[] {
  const clusters = context.registry.ofType('AWS::RDS::DBCluster').map(({ properties }) => Cluster.parse(properties));
  if (clusters.length === 0) return [];
  const { fresh, dataDir: root } = context.options;
  return [
    new PostgresService({
      port: context.ports.of('postgres'),
      databases: clusters.map((cluster) => ({
        database: cluster.DatabaseName,
        masterUser: cluster.MasterUsername,
        masterPassword: cluster.MasterUserPassword,
      })),
      dataDir,
      databaseUrl: process.env.DATABASE_URL,
      logFile: join(root, 'logs', 'postgres.log'),
      fresh,
    }),
  ];
}
