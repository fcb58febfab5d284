import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

/**
 * dynamodb-toolbox does not say that its modules have no side effects, so a bundle would carry every action that a
 * store names, also those of functions that this endpoint never calls. They have none: no module of it is imported for
 * its effects, and what a module does at import concerns its own exports. Saves 25–65 KB for each function.
 */
export const pureToolbox: Plugin = {
  name: 'pure-toolbox',
  setup(build) {
    build.onResolve(
      { filter: /^(dynamodb-toolbox\/|\.)/ },
      async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === resolved) return undefined;
        if (path.startsWith('.') && !importer.includes('/node_modules/dynamodb-toolbox/')) return undefined;
        const result = await build.resolve(path, { importer, resolveDir, kind, pluginData: resolved });
        return { ...result, sideEffects: false };
      },
    );
  },
};

const resolved = Symbol('resolved');

/**
 * zod's schemas carry their own JSON Schema generator (16 KB), which only our document generator uses, never a
 * function. Asked for it, a bundled schema refuses.
 */
export const noJsonSchema: Plugin = {
  name: 'no-json-schema',
  setup(build) {
    build.onLoad({ filter: /\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/ }, ({ path }) => {
      const names = readFileSync(path, 'utf8').matchAll(/^export (?:const|function) (\w+)/gm);
      // Each schema calls the makers of its methods when it is made, and those methods never.
      const stubs = [...names].map(([, name]) => {
        const value = /^create\w+Method$/.test(name!) ? '() => refuse' : 'refuse';
        return `export const ${name} = ${value};`;
      });
      const refuse = `const refuse = () => { throw new Error('bundles have no JSON Schema generator'); };`;
      return { contents: [refuse, ...stubs].join('\n') };
    });
  },
};

/** Files that hold declarations and nothing else. */
const declarations =
  /\/(events\/[\w-]+|functions\/[\w-]+\/((?:\w+-)?contract(?:-\w+)?|topics|shapes(?:-\w+)?)|content\/schema\/[\w-]+|shared\/table\/keys\/[\w-]+)\.ts$/;

/**
 * A contract declares all of its domain, with schemas for every endpoint and the events of every subscriber; a function
 * uses one of them. Building a declaration has no effect beyond its own value, which esbuild cannot know: told so, it
 * leaves out those that nobody uses; so it is with the keys of a domain's entities. Error catalogues stay, because defining one
 * makes its codes known.
 * Saves 10–20 KB for each function.
 */
export const pureDeclarations: Plugin = {
  name: 'pure-declarations',
  setup(build) {
    build.onLoad({ filter: declarations }, ({ path }) => {
      const isPure = (source: string) => source.includes('(') && !source.startsWith('defineErrors(');
      return { contents: withPure(path, isPure), loader: 'ts' };
    });
  },
};

/** Files that hold a domain's entities, and what is done with them. */
const stores = /\/functions\/[\w-]+\/store(-[\w-]+)?\.ts$/;

/**
 * A domain's `public.ts` leads to all of its stores, and each of them makes its entities at import, with all attributes.
 * Making one has no effect beyond its own value: those that a function does not touch are left out of its bundle.
 */
export const pureEntities: Plugin = {
  name: 'pure-entities',
  setup(build) {
    build.onLoad({ filter: stores }, ({ path }) => {
      return { contents: withPure(path, (source) => source.startsWith('new Entity(')), loader: 'ts' };
    });
  },
};

/** The text of a file in which what these constants are set to counts as without an effect. */
function withPure(path: string, isPure: (source: string) => boolean): string {
  const text = readFileSync(path, 'utf8');
  const initializers = ts
    .createSourceFile(path, text, ts.ScriptTarget.Latest)
    .statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations.flatMap(({ initializer }) => initializer ?? []))
    .map(({ pos, end }) => ({ pos, end, source: text.slice(pos, end) }))
    .filter(({ source }) => isPure(source.trimStart()));
  let contents = text;
  for (const { pos, end, source } of initializers.reverse()) {
    contents = `${contents.slice(0, pos)} /* @__PURE__ */ (() => (${source}))()${contents.slice(end)}`;
  }
  return contents;
}

/**
 * An ES import of `node:http` makes Node read every name that the module exports, and one of them loads all of undici:
 * 10–19 ms at every cold start for what nothing here uses. `require` reads only what is asked for.
 */
export const requiredHttp: Plugin = {
  name: 'required-http',
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind, namespace }) => {
      if (kind === 'require-call' || namespace === 'required') return undefined;
      return { path: path.replace('node:', ''), namespace: 'required', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('node:${path}');`,
    }));
  },
};

/**
 * Lambda gives a function its credentials in the environment. The SDK's default chain also knows profiles, single
 * sign-on, web identities and processes, which it imports dynamically; for that the bundler has to wrap every module that
 * they share. Left out, a bundle loses 120–140 KB. Not for the fleet: a container gets its credentials over HTTP.
 */
export function environmentCredentials(root: string): Plugin {
  return {
    name: 'environment-credentials',
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
        path: 'environment',
        namespace: 'credentials',
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: 'credentials' }, () => ({
        contents: `import { fromEnv } from '@aws-sdk/credential-provider-env'; export const defaultProvider = fromEnv;`,
        resolveDir: join(root, 'node_modules/@aws-sdk/client-dynamodb'),
      }));
    },
  };
}
