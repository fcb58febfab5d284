// @ts-check
// One execution environment: a worker thread that imports a bundle once and then runs its handler, one event at a time.
// Plain JavaScript on purpose: loading TypeScript support costs each thread 6 MB.
import { randomUUID } from 'node:crypto';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * @typedef {{ moduleFile: string, exportName: string, functionName: string, functionArn: string, memoryMb: number,
 *   clockOffset: SharedArrayBuffer, compileCacheDir: string }} EnvironmentData
 * @typedef {{ requestId: string, eventJson: string, deadlineMs: number, invokedArn: string }} Invocation
 */

/** @type {EnvironmentData} */
const data = workerData;
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

const RealDate = Date;
const realNow = RealDate.now.bind(RealDate);
moveDate(new Float64Array(data.clockOffset));
enableCompileCache(data.compileCacheDir);

/** Date follows the local cloud's clock; timers and `performance` keep to the machine's. @param {Float64Array} offset */
function moveDate(offset) {
  const now = () => Math.floor(realNow() + /** @type {number} */ (offset[0]));
  RealDate.now = now;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.prototype.constructor = globalThis.Date;
}

/** @param {unknown} error */
function describe(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/** @type {(event: unknown, context: object) => unknown} */
let handler;
try {
  const module = await import(pathToFileURL(data.moduleFile).href);
  handler = module[data.exportName] ?? module.default?.[data.exportName];
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${data.moduleFile} does not export ${data.exportName}`), {
      name: 'Runtime.HandlerNotFound',
    });
  }
  if (handler.length > 2) {
    throw Object.assign(new Error('Handlers with a callback do not run on nodejs24.x'), {
      name: 'Runtime.CallbackHandlerDeprecated',
    });
  }
  flushCompileCache();
  port.postMessage({ kind: 'ready' });
  port.on('message', run);
} catch (error) {
  console.error(error);
  port.postMessage({ kind: 'init-failed', error: describe(error) });
}

/** @param {Invocation} invocation */
async function run({ requestId, eventJson, deadlineMs, invokedArn }) {
  process.env._X_AMZN_TRACE_ID = `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)};Sampled=0`;
  const context = {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: invokedArn,
    memoryLimitInMB: String(data.memoryMb),
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - realNow()),
  };
  try {
    const result = await handler(JSON.parse(eventJson), context);
    port.postMessage({ kind: 'done', requestId, resultJson: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    console.error(error);
    port.postMessage({ kind: 'failed', requestId, error: describe(error) });
  }
}
