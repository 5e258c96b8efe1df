import type { JoinStrategy, NodeConfig } from '../model/blueprint.ts'
import { parseDuration } from '../model/duration.ts'
import { toRetryPolicy } from '../model/retry-options.ts'
import type { EngineOptions } from './node-options.ts'

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
    ...(retry === undefined ? {} : { retry: toRetryPolicy(`node "${id}"`, retry, { nodeId: id }) }),
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
