import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  Condition: z.string().optional(),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

const Output = z.object({
  Value: z.unknown(),
  Condition: z.string().optional(),
  Export: z.object({ Name: z.unknown() }).optional(),
});

const Template = z.object({
  Resources: z.record(z.string(), Resource).default({}),
  Outputs: z.record(z.string(), Output).default({}),
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
});

export type TemplateResource = z.infer<typeof Resource>;
export type Template = z.infer<typeof Template>;

/** One stack of the stage, as `cdk synth` wrote it. */
export interface StackTemplate {
  readonly stackName: string;
  readonly template: Template;
  /** S3 object key (`<hash>.zip`) → absolute path of the asset's folder or file. */
  readonly assets: ReadonlyMap<string, string>;
}

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z.record(z.string(), z.unknown()).default({}),
      dependencies: z.array(z.string()).default([]),
    }),
  ),
});

const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string() }).partial(),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/**
 * Reads a cloud assembly: the stacks of its nested assembly for `stage` where the app uses CDK stages, else all stacks
 * at its root. Throws when there is no assembly, or no stack for the stage.
 */
export function loadAssembly(directory: string, stage: string): StackTemplate[] {
  const manifestFile = resolve(directory, 'manifest.json');
  if (!existsSync(manifestFile)) throw new Error(`No cloud assembly in ${directory}: run "npm run synth" first`);
  const { artifacts } = Manifest.parse(readJson(manifestFile));
  const nested = Object.entries(artifacts).filter(([, artifact]) => artifact.type === 'cdk:cloud-assembly');
  if (nested.length > 0) {
    const ofStage = nested.find(
      ([, artifact]) => artifact.properties.displayName === stage || isNamed(artifact, stage),
    );
    if (!ofStage) {
      const names = nested.map(([, artifact]) => artifact.properties.displayName).join(', ');
      throw new Error(`The assembly in ${directory} has no stage "${stage}" (it has: ${names})`);
    }
    return loadAssembly(resolve(directory, String(ofStage[1].properties.directoryName)), stage);
  }
  const stacks = Object.entries(artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]): StackTemplate => {
      const file = resolve(directory, String(artifact.properties.templateFile));
      return {
        stackName: String(artifact.properties.stackName ?? id),
        template: Template.parse(readJson(file)),
        assets: readAssets(directory, artifact.dependencies, artifacts),
      };
    });
  if (stacks.length === 0) throw new Error(`The assembly in ${directory} has no stacks`);
  return stacks;
}

function isNamed(artifact: { properties: Record<string, unknown> }, stage: string): boolean {
  return String(artifact.properties.displayName ?? artifact.properties.directoryName)
    .split(/[-/]/)
    .includes(stage);
}

function readAssets(
  directory: string,
  dependencies: readonly string[],
  artifacts: z.infer<typeof Manifest>['artifacts'],
): Map<string, string> {
  const paths = new Map<string, string>();
  for (const id of dependencies) {
    const artifact = artifacts[id];
    if (artifact?.type !== 'cdk:asset-manifest') continue;
    const file = resolve(directory, String(artifact.properties.file));
    for (const asset of Object.values(AssetManifest.parse(readJson(file)).files)) {
      for (const { objectKey } of Object.values(asset.destinations)) {
        if (asset.source.path !== undefined) paths.set(objectKey, resolve(dirname(file), asset.source.path));
      }
    }
  }
  return paths;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A template given in place, as tests do. */
export function parseTemplate(json: unknown): Template {
  return Template.parse(json);
}
