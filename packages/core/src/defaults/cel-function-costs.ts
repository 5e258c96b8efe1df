import type { CelBudget } from './cel-budget.ts'

/** Charges a call of a function; of a method, the receiver is the first value. */
export type FunctionCost = (budget: CelBudget, values: readonly unknown[]) => void

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || value instanceof Uint8Array || Array.isArray(value) ? value.length : 0

const nothing: FunctionCost = () => undefined

/** The search of JavaScript takes the length of the text times that of what is looked for. */
const search: FunctionCost = (budget, [text, part]) => {
  budget.spend(lengthOf(text) / 20 + (lengthOf(text) * lengthOf(part)) / 64)
}

const given: FunctionCost = (budget, [, text]) => budget.spendOnUnits(text)

const parse: FunctionCost = (budget, [text]) => budget.spend(lengthOf(text) / 4)

/** The time in a time zone is far more work than any other call: some hundred microseconds. */
const stepsOfTimeZone = 1000

/** By name of the function. Any other goes through its operands once. */
export const functionCosts: Readonly<Record<string, FunctionCost | undefined>> = {
  contains: (budget, [text, part]) => budget.spend((lengthOf(text) + lengthOf(part)) / 20),
  indexOf: search,
  lastIndexOf: search,
  startsWith: given,
  endsWith: given,
  substring: nothing,
  at: nothing,
  type: nothing,
  dyn: nothing,
  size: (budget, [value]) => {
    if (typeof value === 'string') budget.spendOnUnits(value)
    else budget.spendOnFields(value)
  },
  split: (budget, [text, separator]) => {
    budget.spend(lengthOf(text) / 2 + (lengthOf(text) * lengthOf(separator)) / 64)
  },
  join: (budget, [list, separator]) => {
    budget.spend(budget.weigh(list) + lengthOf(list) * (1 + lengthOf(separator) / 64))
  },
  double: parse,
  json: parse,
  // Its pattern tries each way to cut a row of digits in three.
  duration: (budget, [text]) => budget.spend(lengthOf(text) ** 3 / 256),
  ...Object.fromEntries(
    ['Date', 'DayOfMonth', 'DayOfWeek', 'DayOfYear', 'FullYear', 'Hours', 'Minutes', 'Month', 'Seconds'].map(
      (field) => [`get${field}`, inTimeZone],
    ),
  ),
}

function inTimeZone(budget: CelBudget, { length }: readonly unknown[]): void {
  if (length > 1) budget.spend(stepsOfTimeZone)
}
