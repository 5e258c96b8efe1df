import type { BlueprintProblem } from './blueprint-problem.ts'
import { Suggester } from './did-you-mean.ts'
import { isPlain, isRecord } from '../model/value-kinds.ts'

/** Checks one value and reports what is wrong with it. */
type ShapeCheck = (value: unknown, path: string, report: ShapeReport) => void

/** Takes what {@link ShapeCheck}s find. */
export class ShapeReport {
  readonly problems: BlueprintProblem[] = []
  readonly #subject: string
  readonly #suggester = new Suggester()

  /** @param subject names the whole value in messages, e.g. `The blueprint` */
  constructor(subject: string) {
    this.#subject = subject
  }

  #place(path: string): string {
    return path === '' ? this.#subject : `"${path}"`
  }

  wrongType(path: string, expected: string, value: unknown): void {
    const message = `${this.#place(path)} must be ${expected}, but is ${describeValue(value)}.`
    this.problems.push({ code: 'INVALID_SHAPE', severity: 'error', message, path })
  }

  missing(path: string, expected: string): void {
    this.problems.push({
      code: 'INVALID_SHAPE',
      severity: 'error',
      message: `${this.#place(path)} is missing; it must be ${expected}.`,
      path,
    })
  }

  notJson(path: string, value: unknown): void {
    const message = `${this.#place(path)} is ${describeValue(value)}, which JSON cannot hold. ${this.#subject} is plain JSON.`
    this.problems.push({ code: 'NOT_JSON', severity: 'error', message, path })
  }

  unknownField(path: string, key: string, known: Iterable<string>): void {
    const message = `${this.#place(path)} is not a field that Heddle knows, and is ignored.${this.#suggester.suggest(key, known)}`
    this.problems.push({ code: 'UNKNOWN_FIELD', severity: 'warning', message, path })
  }
}

/** A check, and how to name in a message what it wants. */
export interface Shape {
  readonly expected: string
  /** Whether nothing is to be reported; without it no path is put together for what is right. */
  readonly fits: (value: unknown) => boolean
  readonly check: ShapeCheck
}

export const text: Shape = simple('text', (value) => typeof value === 'string')
export const number: Shape = simple('a number', (value) => typeof value === 'number')

/** One of a few words. */
export function oneOf(...words: readonly string[]): Shape {
  return simple(words.map((word) => `"${word}"`).join(' or '), (value) => words.includes(value as string))
}

/** Text of the first shape, or an object of the second. */
export function either(first: Shape, second: Shape): Shape {
  const expected = `${first.expected} or ${second.expected}`
  return {
    expected,
    fits: (value) => (typeof value === 'string' ? first : second).fits(value),
    check: (value, path, report) => {
      if (typeof value === 'string') first.check(value, path, report)
      else if (isPlainRecord(value)) second.check(value, path, report)
      else report.wrongType(path, expected, value)
    },
  }
}

export function listOf(shape: Shape): Shape {
  const expected = 'a list'
  return {
    expected,
    // `every` passes over holes, in which `includes` finds undefined.
    fits: (value) => Array.isArray(value) && value.every(shape.fits) && !value.includes(undefined),
    check: (value, path, report) => {
      if (!Array.isArray(value)) {
        report.wrongType(path, expected, value)
        return
      }
      for (const [index, item] of (value as unknown[]).entries()) {
        if (!shape.fits(item)) shape.check(item, `${path}[${index}]`, report)
      }
    },
  }
}

/** A record with keys of the user's choice. */
export function recordOf(shape: Shape): Shape {
  const expected = 'an object'
  return {
    expected,
    fits: (value) => isPlainRecord(value) && Object.values(value).every(shape.fits),
    check: (value, path, report) => {
      if (!isPlainRecord(value)) {
        report.wrongType(path, expected, value)
        return
      }
      for (const [key, field] of Object.entries(value)) {
        if (!shape.fits(field)) shape.check(field, fieldPath(path, key), report)
      }
    },
  }
}

/** An object with these fields; those whose name ends in `?` may be absent. Other fields are warned about. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  const expected = 'an object'
  const shapes = new Map(Object.entries(fields).map(([name, shape]) => [name.replace(/\?$/, ''), shape]))
  const required = Object.keys(fields).filter((name) => !name.endsWith('?'))
  const fitsField = (record: Readonly<Record<string, unknown>>, key: string): boolean =>
    shapes.has(key) && (record[key] === undefined || shapes.get(key)?.fits(record[key]) === true)
  return {
    expected,
    fits: (value) => {
      if (!isPlainRecord(value)) return false
      for (const name of required) if (value[name] === undefined) return false
      for (const key of Object.keys(value)) if (!fitsField(value, key)) return false
      return true
    },
    check: (value, path, report) => {
      if (!isPlainRecord(value)) {
        report.wrongType(path, expected, value)
        return
      }
      for (const name of required) {
        if (value[name] === undefined) report.missing(fieldPath(path, name), shapes.get(name)?.expected ?? '')
      }
      for (const key of Object.keys(value)) {
        if (fitsField(value, key)) continue
        const shape = shapes.get(key)
        if (shape === undefined) report.unknownField(fieldPath(path, key), key, shapes.keys())
        else shape.check(value[key], fieldPath(path, key), report)
      }
    },
  }
}

/** Anything that JSON can hold. */
export const json: Shape = {
  expected: 'JSON',
  fits: (value) => isJson(value, 0),
  check: (value, path, report) => checkJson(value, path, report, []),
}

/** An object of anything that JSON can hold. */
export const jsonRecord: Shape = {
  expected: 'an object',
  fits: (value) => isPlainRecord(value) && isJson(value, 0),
  check: (value, path, report) => {
    if (isPlainRecord(value)) checkJson(value, path, report, [])
    else report.wrongType(path, 'an object', value)
  },
}

/** How deep JSON may be nested; a circle is deeper. */
const maxJsonDepth = 100

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return true
  if (depth >= maxJsonDepth) return false
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1))
  // JSON.stringify leaves out a field whose value is undefined.
  return isPlainRecord(value) && Object.values(value).every((field) => field === undefined || isJson(field, depth + 1))
}

function checkJson(value: unknown, path: string, report: ShapeReport, around: readonly unknown[]): void {
  if (isJson(value, around.length)) return
  const isContainer = Array.isArray(value) || isPlainRecord(value)
  if (!isContainer || around.length >= maxJsonDepth || around.includes(value)) {
    report.notJson(path, value)
    return
  }
  for (const [key, field] of Object.entries(value)) {
    const inner = Array.isArray(value) ? `${path}[${key}]` : fieldPath(path, key)
    if (field !== undefined || Array.isArray(value)) checkJson(field, inner, report, [...around, value])
  }
}

function simple(expected: string, accepts: (value: unknown) => boolean): Shape {
  return {
    expected,
    fits: accepts,
    check: (value, path, report) => {
      if (!accepts(value)) report.wrongType(path, expected, value)
    },
  }
}

function isPlainRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && isPlain(value)
}

function fieldPath(path: string, key: string): string {
  if (path === '') return key
  return /^[\w$-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

function describeValue(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value !== 'object') return `of type ${typeof value}`
  const { constructor } = value
  return constructor === undefined || constructor === Object ? 'an object' : `an instance of ${constructor.name}`
}
