import type { Command } from 'commander'
import { cancelCommand, type CancelFlags } from './commands/cancel.ts'
import { compactCommand, type CompactFlags } from './commands/compact.ts'
import { diffCommand, type DiffFlags } from './commands/diff.ts'
import { explainCommand, type ExplainFlags } from './commands/explain.ts'
import { exportCommand, type ExportFlags } from './commands/export.ts'
import { forkCommand, type ForkFlags } from './commands/fork.ts'
import { importCommand, type ImportFlags } from './commands/import.ts'
import { inspectCommand, type InspectFlags } from './commands/inspect.ts'
import { resumeCommand, type ResumeFlags } from './commands/resume.ts'
import { runsCommand, type RunsFlags } from './commands/runs.ts'
import type { Io } from './io.ts'
import { addAnswerOption, addDefinitionOptions, collect, jsonDocument } from './options.ts'

const storeForm = '--store <dir>'
const storeText = 'folder that keeps the runs'
const runText = 'id of the run; heddle runs lists them'

/** Adds the commands that work on the runs of a store. @param take takes the exit code of the command that was called */
export function addStoreCommands(program: Command, io: Io, take: (exitCode: number) => void): void {
  addResume(program, io, take)
  addFork(program, io, take)
  addDefinitionOptions(
    program
      .command('cancel')
      .description('end a run of a store as cancelled; no handler is called')
      .argument('<run>', runText),
  )
    .requiredOption(storeForm, storeText)
    .option('--reason <text>', 'why, for its journal')
    .option('--migrate <json>', 'by another definition than it began with: new node ids by old ones, as JSON or @file')
    .option('--json', jsonDocument)
    .action(async (run: string, file: string, flags: CancelFlags) => take(await cancelCommand(run, file, flags, io)))
  program
    .command('compact')
    .description('drop the history of a run of a store before its newest snapshot')
    .argument('<run>', runText)
    .requiredOption(storeForm, storeText)
    .option('--json', 'write what was dropped as one JSON document to stdout')
    .action(async (run: string, flags: CompactFlags) => take(await compactCommand(run, flags, io)))
  addReading(program, io, take)
  program
    .command('export')
    .description('write a run of a store, with its child runs, as one JSON document')
    .argument('<run>', runText)
    .requiredOption(storeForm, storeText)
    .option('-o, --out <file>', 'file to write; without it the document goes to stdout')
    .action(async (run: string, flags: ExportFlags) => take(await exportCommand(run, flags, io)))
  program
    .command('import')
    .description('write an exported run into a store, where it can be resumed')
    .argument('<file>', 'what heddle export wrote')
    .requiredOption(storeForm, storeText)
    .option('--run-id <id>', 'id of the run in this store; without it the one that it had')
    .action(async (file: string, flags: ImportFlags) => take(await importCommand(file, flags, io)))
}

function addResume(program: Command, io: Io, take: (exitCode: number) => void): void {
  const command = program
    .command('resume')
    .description('go on with a run of a store: one that waits, or that was interrupted')
    .argument('<run>', runText)
  addAnswerOption(addDefinitionOptions(command))
    .requiredOption(storeForm, storeText)
    .option('--wait <name>', 'name or id of the open wait that is answered first')
    .option('--payload <json>', 'what it is answered: JSON, or @file')
    .option('--action <action>', 'action that routes the wait')
    .option('--concurrency <n>', 'how many attempts may run at once; without it there is no limit')
    .option('--migrate <json>', 'go on with another definition: new node ids by old ones, as JSON or @file')
    .option('--json', jsonDocument)
    .action(async (run: string, file: string, flags: ResumeFlags) => take(await resumeCommand(run, file, flags, io)))
}

function addFork(program: Command, io: Io, take: (exitCode: number) => void): void {
  const command = program
    .command('fork')
    .description('begin a run of its own where another one stood, and go on with it')
    .argument('<run>', runText)
  addAnswerOption(addDefinitionOptions(command))
    .requiredOption('--at <seq>', 'number of the event after which the fork begins')
    .requiredOption(storeForm, storeText)
    .option('--run-id <id>', 'id of the fork; without it RUN-fork-SEQ')
    .option('--set-output <node=json>', 'output of a node that had completed; may be repeated', collect)
    .option('--set <key=json>', 'shared value; may be repeated', collect)
    .option('--recorded', 'nodes that ran in the other run are not run again: they get what they came to there')
    .option('--json', jsonDocument)
    .action(async (run: string, file: string, flags: ForkFlags) => take(await forkCommand(run, file, flags, io)))
}

/** The commands that read only. */
function addReading(program: Command, io: Io, take: (exitCode: number) => void): void {
  program
    .command('runs')
    .description('list the runs of a store, the newest first')
    .requiredOption(storeForm, storeText)
    .option('--all', 'child runs too')
    .option('--json', 'write the list as one JSON document to stdout')
    .action(async (flags: RunsFlags) => take(await runsCommand(flags, io)))
  program
    .command('inspect')
    .description('show where a run of a store stands, or stood after one of its events')
    .argument('<run>', runText)
    .argument('[file]', 'its workflow, for shared values that have reducers')
    .requiredOption(storeForm, storeText)
    .option('--at <seq>', 'number of an event; without it the last one')
    .option('--registry <module>', 'module with the handlers that the blueprint names')
    .option('--export <name>', 'which export of FILE')
    .option('--json', 'write all of it as one JSON document to stdout')
    .action(async (run: string, file: string | undefined, flags: InspectFlags) =>
      take(await inspectCommand(run, file, flags, io)),
    )
  addDefinitionOptions(
    program
      .command('explain')
      .description('say why a run of a store does not move, or what it is doing')
      .argument('<run>', runText),
  )
    .requiredOption(storeForm, storeText)
    .option('--json', jsonDocument)
    .action(async (run: string, file: string, flags: ExplainFlags) => take(await explainCommand(run, file, flags, io)))
  program
    .command('diff')
    .description('show what differs between two runs of a store')
    .argument('<run-a>', 'id of a run')
    .argument('<run-b>', 'id of another one')
    .requiredOption(storeForm, storeText)
    .option('--json', 'write the differences as one JSON document to stdout')
    .action(async (a: string, b: string, flags: DiffFlags) => take(await diffCommand(a, b, flags, io)))
}
