import { HeddleError } from '../errors/heddle-error.ts'
import { describeKind } from '../model/describe-kind.ts'

/** Options of a worker of which the types say too little, as plain JavaScript may give them. */
interface GivenWorkerOptions {
  readonly sweepMs?: unknown
}

/** Refuses options of a worker with which it would not look after its runs. @throws HeddleError `INVALID_OPTION` */
export function checkWorkerOptions({ sweepMs = 1000 }: GivenWorkerOptions): void {
  if (typeof sweepMs === 'number' && Number.isFinite(sweepMs) && sweepMs >= 1) return
  const given = typeof sweepMs === 'number' ? sweepMs : describeKind(sweepMs)
  throw new HeddleError('INVALID_OPTION', `sweepMs must be a number of milliseconds from 1 up, and is ${given}`, {
    details: { option: 'sweepMs', given },
  })
}
