import { HeddleError } from '../errors/heddle-error.ts'
import { checkKnown } from '../execution/checks/check-known.ts'
import { describeKind } from '../model/describe-kind.ts'

/** Options of a worker of which the types say too little, as plain JavaScript may give them. */
interface GivenWorkerOptions {
  readonly sweepMs?: unknown
  readonly close?: unknown
}

const workerOptions: readonly string[] = [
  'workflows',
  'blueprints',
  'registry',
  'store',
  'queue',
  'blobs',
  'concurrency',
  'continueInWorker',
  'sweepMs',
  'limits',
  'keyLimits',
  'dependencies',
  'middleware',
  'eventBus',
  'serializer',
  'evaluator',
  'logger',
  'clock',
  'random',
  'yieldTurn',
]

/**
 * Refuses options of a worker that do not exist, and those with which it would not look after its runs.
 *
 * @throws HeddleError `INVALID_OPTION`
 */
export function checkWorkerOptions(options: GivenWorkerOptions): void {
  // Who keeps store and queue in one object, with a function that closes them, spreads all of it.
  const { sweepMs = 1000, close: _close, ...others } = options
  checkKnown('a worker', others, workerOptions, {})
  if (typeof sweepMs === 'number' && Number.isFinite(sweepMs) && sweepMs >= 1) return
  const given = typeof sweepMs === 'number' ? sweepMs : describeKind(sweepMs)
  throw new HeddleError('INVALID_OPTION', `sweepMs must be a number of milliseconds from 1 up, and is ${given}`, {
    details: { option: 'sweepMs', given },
  })
}
