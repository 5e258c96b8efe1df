import { HeddleError } from '../errors/heddle-error.ts'
import { describeKind } from '../model/describe-kind.ts'
import type { FlatSnapshot } from './flat-snapshot.ts'

/** Checks one part of a snapshot; the path says which. */
type Part = (value: unknown, path: string) => void

const anything: Part = () => undefined

const number: Part = (value, path) => {
  if (typeof value !== 'number') throw broken(path, 'a number', value)
}

const text: Part = (value, path) => {
  if (typeof value !== 'string') throw broken(path, 'a text', value)
}

const object: Part = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(path, 'an object', value)
}

function list(of: Part): Part {
  return (value, path) => {
    if (!Array.isArray(value)) throw broken(path, 'a list', value)
    for (const [at, element] of (value as unknown[]).entries()) of(element, `${path}[${at}]`)
  }
}

/** A list of so many parts, the last ones of any kind. */
function row(...parts: readonly Part[]): Part {
  return (value, path) => {
    list(anything)(value, path)
    for (const [at, part] of parts.entries()) part((value as readonly unknown[])[at], `${path}[${at}]`)
  }
}

function record(parts: Readonly<Record<string, Part>>): Part {
  return (value, path) => {
    object(value, path)
    for (const [name, part] of Object.entries(parts)) {
      part((value as Readonly<Record<string, unknown>>)[name], `${path}.${name}`)
    }
  }
}

function optional(part: Part): Part {
  return (value, path) => {
    if (value !== undefined) part(value, path)
  }
}

const items = record({
  key: number,
  count: number,
  statuses: list(number),
  values: list(anything),
  outputs: list(anything),
})

/** Frames hold activations, and these hold frames. */
const inner: { activation: Part } = { activation: anything }

const frame = record({
  id: number,
  loop: number,
  iteration: number,
  parent: number,
  cells: list(number),
  marks: list(number),
  undecided: number,
  outputs: list(anything),
  transformed: list(row(number)),
  errors: list(row(number, object)),
  fallbacks: list(row(number, number)),
  causes: list(row(number, number)),
  attempted: list(number),
  exitSources: list(row(number, number)),
  items: list(items),
  activations: list((value, path) => {
    inner.activation(value, path)
  }),
  previous: number,
})

const activation = record({ loop: number, live: number, exits: list(number), frames: list(frame) })
inner.activation = activation

const call = row(text, object)

const run = record({
  runId: text,
  workflowId: text,
  definitionHash: text,
  onFailure: text,
  run: record({ phase: text, usedFallbacks: list(number) }),
  failures: list(object),
  shared: record({ values: list(row(text)), versions: list(row(text, number)) }),
  expansions: list(record({ site: text, expansion: object })),
  frames: record({ root: activation, detached: list(frame), latest: list(row(number, number)) }),
  seen: list(number),
  fallbackOutputs: list(row(number, object)),
  pending: list(
    record({
      node: number,
      frame: number,
      item: number,
      insteadOf: number,
      attempt: number,
      state: record({ type: text }),
      calls: optional(record({ settled: list(call), open: list(call) })),
    }),
  ),
  undoable: optional(list(record({ node: number, frame: number }))),
  seq: number,
  limits: object,
  endedWaits: list(row(text, text)),
})

const flat = record({ children: optional(list(run)) })

/**
 * Checks that what was read from a text has the shape of a snapshot, before anything is made of it.
 *
 * @throws HeddleError `INVALID_STATE` with the path to the part that has not, in `details.path`
 */
export function checkSnapshotShape(value: unknown): asserts value is FlatSnapshot {
  object(value, '$')
  const { format } = value as { readonly format?: unknown }
  // That of another version may have any shape; it is refused for its format.
  if (typeof format === 'number' && format !== 1) {
    const message = 'the snapshot has a format that this version does not know; it may be from a newer version'
    throw new HeddleError('INVALID_STATE', message, { details: { format, path: '$.format' } })
  }
  number(format, '$.format')
  run(value, '$')
  flat(value, '$')
}

function broken(path: string, expected: string, given: unknown): HeddleError {
  return new HeddleError(
    'INVALID_STATE',
    `the snapshot is broken: ${path} must be ${expected}, but is ${describeKind(given)}; take the text that "snapshot()" gave, as it is`,
    { details: { path } },
  )
}
