import type { DefinitionFlags } from '../flags/run-flags.ts'
import { resumeText, type StoreFlags } from '../flags/store-flags.ts'
import { printableLine } from '../output/printable.ts'
import type { Printer, Styles } from '../output/printer.ts'
import { storedWaitLines } from '../output/wait-lines.ts'
import type { RunReport } from '../run/run-report.ts'
import type { TakeRepair } from '../store/file-store.ts'

/** What to do with a run of a store that has not ended: answer its waits, or go on with it. */
export function storedRunAdvice(
  file: string,
  flags: DefinitionFlags & StoreFlags,
  styles: Styles,
): (report: RunReport, now: number) => readonly string[] {
  return ({ result, isLetGo = false, stuckAt }, now) => {
    const command = resumeText(result.runId, file, flags)
    if (result.status === 'awaiting') return storedWaitLines(result.waits, command, now, styles)
    if (!isLetGo && stuckAt === undefined) return []
    return ['  The run is kept. To go on with it:', `    ${printableLine(command)}`]
  }
}

/** Tells of a journal that was repaired. */
export function repairTeller(errors: Printer): TakeRepair {
  return (runId, { droppedBytes }) => {
    errors.line(
      `${errors.styles.yellow('warning:')} the journal of run "${printableLine(runId)}" ended in an append that a crash had interrupted; its last ${droppedBytes} bytes were cut off, and the run goes on from what is whole.`,
    )
  }
}
