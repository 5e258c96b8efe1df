import type {
  ClaimReply,
  ClaimRequest,
  CommitReply,
  ICoordinationStore,
  InboxEvent,
  NewDispatch,
  RunJob,
  RunRef,
  StartRequest,
  StoredOutcome,
  TurnChanges,
  TurnGrant,
  TurnRef,
  WaitAnswer,
} from '@heddle/core'
import type { Behaviour } from './register-behaviours.ts'
import type { Expect } from './test-api.ts'

/** What a behaviour of a coordination store works with. */
export interface CoordinationStoreHarness {
  readonly expect: Expect
  readonly store: ICoordinationStore
  /** Lets so many milliseconds of the store's clock pass. */
  readonly pass: (ms: number) => Promise<void>
  /** A text that no other test uses: for ids, nonces, tokens and keys. */
  readonly unique: (prefix: string) => string
  /** What to start a run of a new id with. */
  readonly request: (fields?: Partial<StartRequest>) => StartRequest
  /** Starts a run and handles its beginning with these changes. */
  readonly open: (changes?: Partial<TurnChanges>, fields?: Partial<StartRequest>) => Promise<OpenedRun>
}

/** One behaviour that every coordination store has. */
export type CoordinationStoreBehaviour = Behaviour<CoordinationStoreHarness>

/** A run in the store whose beginning was handled. */
interface OpenedRun {
  readonly ref: RunRef
  readonly request: StartRequest
  /** The jobs of the first commit. */
  readonly jobs: readonly RunJob[]
  /** Takes the turn. @throws Error if it is not to be had */
  takeTurn(nonce?: string, limitMs?: number): Promise<TurnGrant>
  commit(turn: TurnGrant, changes?: Partial<TurnChanges>, goOn?: boolean): Promise<CommitReply>
  claim(job: RunJob | undefined, token: string, fields?: Partial<ClaimRequest>): Promise<ClaimReply>
  /** Delivers the outcome of an attempt, without asking for the turn. @returns the verdict */
  settle(
    job: RunJob | undefined,
    token: string,
    outcome?: StoredOutcome,
    values?: Record<string, string>,
  ): Promise<string | undefined>
  answer(nameOrId: string, fields?: Partial<WaitAnswer>): Promise<string>
  /** Ids of the events in the inbox, which are left there. */
  inbox(): Promise<InboxEvent[]>
}

/** Names a turn in its operations. */
export function turnRef(ref: RunRef, { fence, nonce, revision }: TurnGrant): TurnRef {
  return { ...ref, fence, nonce, revision }
}

/** What one commit writes: nothing, apart from what is given. */
export function changesOf(changes: Partial<TurnChanges> = {}): TurnChanges {
  return {
    cells: {},
    values: {},
    journal: [],
    handled: [],
    dispatches: [],
    dropped: [],
    cutOff: [],
    waits: [],
    timers: [],
    children: [],
    messages: [],
    expansions: [],
    failures: [],
    ...changes,
  }
}

/** A first dispatch of a node's visit outside loops. */
export function dispatchOf(nodeId: string, fields: Partial<NewDispatch> = {}): NewDispatch {
  return {
    visit: { nodeId, iteration: [] },
    visitKey: nodeId,
    attempt: 1,
    delayMs: 0,
    touches: [`v:${nodeId}`],
    ...fields,
  }
}

/** Some event that any live run accepts. */
export function eventOf(id: string, touches: readonly string[] = []): InboxEvent {
  return { id, touches, type: 'cancel' }
}

const completed: StoredOutcome = { status: 'completed' }

let count = 0

/** Makes the harness of one test. */
export function createCoordinationStoreHarness(
  store: ICoordinationStore,
  expect: Expect,
  pass: (ms: number) => Promise<void>,
): CoordinationStoreHarness {
  const unique = (prefix: string): string => `${prefix}-${Math.random().toString(36).slice(2, 10)}-${++count}`
  const request = (fields: Partial<StartRequest> = {}): StartRequest => ({
    runId: unique('run'),
    incarnation: unique('incarnation'),
    workflowId: 'conformance',
    definitionHash: 'hash',
    input: '"input"',
    shared: {},
    onFailure: 'stop',
    journal: [],
    ...fields,
  })
  const open = async (changes: Partial<TurnChanges> = {}, fields: Partial<StartRequest> = {}): Promise<OpenedRun> => {
    const wanted = request(fields)
    await store.start(wanted)
    const run = openedRun(store, wanted, unique)
    const turn = await run.takeTurn()
    const reply = await run.commit(turn, { handled: turn.inbox.map(({ id }) => id), ...changes })
    if (reply.status !== 'committed') throw new Error('the first commit was refused')
    return { ...run, jobs: reply.jobs }
  }
  return { expect, store, pass, unique, request, open }
}

function openedRun(store: ICoordinationStore, request: StartRequest, unique: (prefix: string) => string): OpenedRun {
  const ref: RunRef = { runId: request.runId, incarnation: request.incarnation }
  return {
    ref,
    request,
    jobs: [],
    takeTurn: async (nonce = unique('nonce'), limitMs = 5000) => {
      const { turn } = await store.deliver(ref, undefined, { nonce, limitMs })
      if (turn === undefined) throw new Error('the turn is not to be had')
      return turn
    },
    commit: (turn, changes, goOn = false) => store.commit(turnRef(ref, turn), changesOf(changes), goOn),
    claim: (job, token, fields) =>
      store.claim({
        ...ref,
        visitKey: keyOf(job),
        dispatch: job?.dispatch ?? 0,
        token,
        leaseMs: 8000,
        cells: [],
        values: [],
        touches: [],
        ...fields,
      }),
    settle: async (job, token, outcome = completed, values = {}) => {
      const { visit = { nodeId: '', iteration: [] }, dispatch = 0 } = job ?? {}
      const id = `outcome/${keyOf(job)}/${dispatch}/${token}`
      const event: InboxEvent = { id, touches: [], type: 'outcome', visit, attempt: 1, dispatch, token, outcome }
      return (await store.deliver(ref, { event, values }, undefined)).verdict
    },
    answer: async (nameOrId, fields) => {
      const answer = { nameOrId, answerId: unique('answer'), payload: '"payload"', ...fields }
      return (await store.answerWait(ref.runId, answer)).status
    },
    inbox: async () => {
      const nonce = unique('nonce')
      const { turn } = await store.deliver(ref, undefined, { nonce, limitMs: 5000 })
      if (turn === undefined) return []
      await store.commit(turnRef(ref, turn), changesOf(), false)
      return [...turn.inbox]
    },
  }
}

function keyOf(job: RunJob | undefined): string {
  return job?.visit?.nodeId ?? ''
}
