import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ResolvedResource, ResourceRegistry } from '../service.ts';
import type { StackTemplate } from '../template/assembly.ts';

/** Everything the host needs to run a function. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** Absolute path of the bundle's module, and the export that is the handler. */
  readonly moduleFile: string;
  readonly exportName: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Most environments at once; undefined: the host's bound. */
  readonly reservedConcurrency: number | undefined;
}

/** Lambda refuses functions whose variables are longer than this together. */
const ENVIRONMENT_LIMIT_BYTES = 4096;

/** Properties that the host honours, and those that it may ignore; any other is an error. */
const Properties = z.strictObject({
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }, 'only bundles run locally, not inline code'),
  Handler: z.string().regex(/^[^.]+(\/[^.]+)*\.\w+$/),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'only Node runtimes run locally'),
  MemorySize: z.coerce.number().default(128),
  Timeout: z.coerce.number().default(3),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  FunctionName: z.string().optional(),
  // Without effect on one machine.
  Architectures: z.unknown().optional(),
  Description: z.unknown().optional(),
  EphemeralStorage: z.unknown().optional(),
  KmsKeyArn: z.unknown().optional(),
  LoggingConfig: z.unknown().optional(),
  RecursiveLoop: z.unknown().optional(),
  Role: z.unknown().optional(),
  RuntimeManagementConfig: z.unknown().optional(),
  Tags: z.unknown().optional(),
  TracingConfig: z.unknown().optional(),
  VpcConfig: z.unknown().optional(),
});

/**
 * The functions that the templates declare, with their bundles' places. Throws, naming the function, for a property
 * or runtime that cannot be honoured and for a bundle that is missing.
 */
export function readFunctions(registry: ResourceRegistry, stacks: readonly StackTemplate[]): FunctionConfig[] {
  const assets = new Map(stacks.flatMap((stack) => [...stack.assets]));
  const database = registry.ofType('AWS::RDS::DBCluster')[0]?.attributes;
  return registry.ofType('AWS::Lambda::Function').map((resource) => readFunction(resource, assets, database));
}

/** A proxy's port is no attribute that a template could refer to: it stands there as a number, and is another here. */
function withLocalDatabasePort(
  environment: Readonly<Record<string, string>>,
  database: ResolvedResource['attributes'] | undefined,
): Readonly<Record<string, string>> {
  if (!database) return environment;
  const hosts = Object.entries(environment).filter(
    ([name, value]) => name.endsWith('_HOST') && value === database['Endpoint.Address'],
  );
  const ports = hosts.map(([name]) => [name.replace(/_HOST$/, '_PORT'), database['Endpoint.Port']!]);
  return { ...environment, ...Object.fromEntries(ports) };
}

function readFunction(
  resource: ResolvedResource,
  assets: ReadonlyMap<string, string>,
  database: ResolvedResource['attributes'] | undefined,
): FunctionConfig {
  const where = `${resource.stack}.${resource.id}`;
  const parsed = Properties.safeParse(resource.properties);
  if (!parsed.success) throw new Error(`${where} (AWS::Lambda::Function): ${z.prettifyError(parsed.error)}`);
  const properties = parsed.data;
  const environment = properties.Environment?.Variables ?? {};
  const size = Object.entries(environment).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value),
    0,
  );
  if (size > ENVIRONMENT_LIMIT_BYTES) {
    throw new Error(`${where}: its environment variables have ${size} bytes; Lambda takes ${ENVIRONMENT_LIMIT_BYTES}`);
  }
  const folder = assets.get(properties.Code.S3Key);
  if (!folder) throw new Error(`${where}: its code ${properties.Code.S3Key} is in no asset manifest`);
  const dot = properties.Handler.lastIndexOf('.');
  return {
    name: resource.ref,
    arn: resource.attributes.Arn!,
    moduleFile: findModule(folder, properties.Handler.slice(0, dot), where),
    exportName: properties.Handler.slice(dot + 1),
    memoryMb: properties.MemorySize,
    timeoutMs: properties.Timeout * 1_000,
    environment: withLocalDatabasePort(environment, database),
    reservedConcurrency: properties.ReservedConcurrentExecutions,
  };
}

/** As the Node runtime looks for it. */
function findModule(folder: string, name: string, where: string): string {
  for (const extension of ['.mjs', '.js', '.cjs']) {
    const file = join(folder, `${name}${extension}`);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  }
  throw new Error(`${where}: there is no ${name}.mjs in ${folder}: run "npm run build" and "npm run synth"`);
}
