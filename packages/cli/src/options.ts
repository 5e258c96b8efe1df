import type { Command } from 'commander'

/** What `--json` does to a command that runs something. */
export const jsonDocument = 'write the result as one JSON document to stdout, and everything else to stderr'

const file = 'a blueprint in JSON, or a module (.js, .mjs, .ts) that exports a workflow'
const registry = 'module with the handlers that the blueprint names'
const answer = 'answer to a wait when it opens, NAME/ACTION=JSON to route it; may be repeated'
const exportName = 'which export of FILE'

/** FILE, and what belongs to it. */
export function addDefinitionOptions(command: Command): Command {
  return command.argument('<file>', file).option('--registry <module>', registry).option('--export <name>', exportName)
}

/** The options of a run that begins. */
export function addRunOptions(command: Command): Command {
  return addAnswerOption(addDefinitionOptions(command))
    .option('--input <json>', 'input of the run: JSON, or @file')
    .option('--concurrency <n>', 'how many attempts may run at once; without it there is no limit')
    .option('--run-id <id>', 'id of the run: letters, digits, _ . -')
    .option('--deadline <duration>', 'limit of the whole run, such as 30s or 5m')
}

/** Answers to waits that open. */
export function addAnswerOption(command: Command): Command {
  return command.option('--answer <name=json>', answer, collect)
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}
