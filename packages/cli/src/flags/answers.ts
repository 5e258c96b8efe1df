import { HeddleError, type OpenWait } from '@heddle/core'
import { parseJson } from '../definition/read-json.ts'

/** What is to be said to a wait when it opens. */
export interface Answer {
  /** Name or id of the wait. */
  readonly wait: string
  readonly payload: unknown
  readonly action?: string
  /** The id of a wait in a child run, if that is what was meant and no action: ids have slashes too. */
  readonly id?: string
}

const form = `NAME=JSON, or NAME/ACTION=JSON for a wait that is routed by an action`

/** @throws HeddleError `INVALID_OPTION` for an answer of another form than `NAME=JSON`, `NAME/ACTION=JSON` or `NAME/ACTION` */
export function parseAnswer(given: string): Answer {
  const at = given.indexOf('=')
  const name = at === -1 ? given : given.slice(0, at)
  const slash = name.lastIndexOf('/')
  const [wait, action] = slash === -1 ? [name, undefined] : [name.slice(0, slash), name.slice(slash + 1)]
  const isId = name.includes(':')
  if (wait === '' || action === '' || (wait.includes('/') && !isId) || (at === -1 && action === undefined)) {
    throw new HeddleError('INVALID_OPTION', `--answer "${given}" is not of the form ${form}.`, {
      details: { option: 'answer' },
    })
  }
  const payload =
    at === -1 ? undefined : parseJson(given.slice(at + 1), `The value of --answer ${name}`, 'INVALID_OPTION')
  if (action === undefined) return { wait, payload }
  return { wait, payload, action, ...(isId ? { id: name } : {}) }
}

/** The answers of a run; each is given once, those of one wait in the order in which they were typed. */
export class AnswerBook {
  private readonly left: Answer[]

  constructor(answers: readonly Answer[]) {
    this.left = [...answers]
  }

  /** Takes the answer for a wait out of the book, if there is one. */
  take({ name, waitId }: Pick<OpenWait, 'name' | 'waitId'>): Answer | undefined {
    const at = this.left.findIndex(({ wait, id }) => wait === name || wait === waitId || id === waitId)
    const [answer] = at === -1 ? [] : this.left.splice(at, 1)
    return answer?.id === waitId ? { wait: waitId, payload: answer.payload } : answer
  }

  /** Names of the waits that never opened. */
  unused(): readonly string[] {
    return this.left.map(({ wait, id = wait }) => id)
  }
}
