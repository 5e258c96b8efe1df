import { HeddleError } from '../errors/heddle-error.ts'
import type { BackoffPolicy, JoinStrategy, NodeConfig, RetryPolicy } from '../model/blueprint.ts'
import { parseDuration, type Duration } from './duration.ts'
import type { Backoff, EngineOptions, Retry } from './node-options.ts'

/** The options of a node that become its `config`. */
export interface ConfigOptions extends EngineOptions<string> {
  readonly join?: JoinStrategy
  readonly compensate?: unknown
}

/**
 * The engine's settings of a node, with durations in milliseconds; `undefined` if it has none.
 *
 * @throws {HeddleError} `INVALID_OPTION` for a duration that cannot be read and for a `maxAttempts` below 1
 */
export function toNodeConfig(id: string, options: ConfigOptions): NodeConfig | undefined {
  const { join, retry, timeout, compensate, cancels, maxIterations, concurrencyKey, queue, priority } = options
  const config: NodeConfig = {
    ...(join === undefined ? {} : { joinStrategy: join }),
    ...(retry === undefined ? {} : { retry: toRetryPolicy(id, retry) }),
    ...(timeout === undefined ? {} : { timeoutMs: parseDuration(timeout, `timeout of node "${id}"`) }),
    ...(compensate === undefined ? {} : { compensate: `${id}.compensate` }),
    ...(cancels === undefined ? {} : { cancels: toList(cancels) }),
    ...(maxIterations === undefined ? {} : { maxIterations }),
    ...(concurrencyKey === undefined ? {} : { concurrencyKey }),
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
  }
  return Object.keys(config).length === 0 ? undefined : config
}

/** One value or a list of them, as a list. */
export function toList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? [...(value as readonly T[])] : [value as T]
}

function toRetryPolicy(id: string, { maxAttempts, backoff, retryOn }: Retry): RetryPolicy {
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw new HeddleError(
      'INVALID_OPTION',
      `retry.maxAttempts of node "${id}" is ${String(maxAttempts)}; it counts all attempts, so give a whole number from 1 (no retry)`,
      { details: { nodeId: id, option: 'retry.maxAttempts' } },
    )
  }
  return {
    maxAttempts,
    ...(backoff === undefined ? {} : { backoff: toBackoffPolicy(id, backoff) }),
    ...(retryOn === undefined ? {} : { retryOn: [...retryOn] }),
  }
}

function toBackoffPolicy(id: string, backoff: Duration | Backoff): BackoffPolicy {
  const options = typeof backoff === 'object' && backoff !== null ? backoff : { delay: backoff }
  const { type = 'exponential', delay, maxDelay, factor, jitter } = options
  return {
    type,
    delayMs: parseDuration(delay, `retry.backoff of node "${id}"`),
    ...(maxDelay === undefined
      ? {}
      : { maxDelayMs: parseDuration(maxDelay, `retry.backoff.maxDelay of node "${id}"`) }),
    ...(factor === undefined ? {} : { factor }),
    ...(jitter === undefined ? {} : { jitter }),
  }
}
